using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;

namespace TrendVault.Web.Pages.Accounts;

/// <summary>The JSON API of Accounts and their channels.</summary>
internal static class AccountsApi
{
    public static void MapAccountsApi(this WebApplication app)
    {
        var accounts = app.MapApi("/api/accounts");
        accounts.MapPost("/authorize", Authorize);
        accounts.MapGet("", ListAsync);
        accounts.MapDelete("/{id:guid}", DisconnectAsync);

        var channels = app.MapApi("/api/channels");
        channels.MapGet("", ListChannelsAsync);
        channels.MapPost("/refresh", RefreshChannelsAsync);

        app.MapMethods("/channels/{id:guid}/picture", [HttpMethods.Get, HttpMethods.Head], PictureAsync).RequireAuthorization(Policies.Page).WithoutLimit();
    }

    /// <summary>
    /// The address is our own, to be opened in a browser that is signed in here: it gets the flow's cookie there, and the account goes
    /// to whoever that browser is signed in as. A consent page's address handed out to a script could be finished by anybody.
    /// </summary>
    private static IResult Authorize(AuthorizeBody body, AccountPlatforms platforms, IOptions<AppOptions> options) =>
        platforms.Find(body.Provider) switch
        {
            null => Envelope.Invalid("provider", $"provider must be one of {string.Join(", ", platforms.All.Select(platform => platform.Provider))}."),
            { Unavailable: { } reason } => Envelope.Error(StatusCodes.Status503ServiceUnavailable, "not_configured", reason),
            var platform => Envelope.Ok(new { AuthorizationUrl = options.Value.Origin + OAuthAddress.AuthorizePath(platform.Provider) }),
        };

    private static async Task<IResult> ListAsync(AccountStore store, HttpContext context, CancellationToken cancellationToken) =>
        Envelope.Ok(new { Accounts = (await store.ListAsync(context.User.Id(), cancellationToken)).Select(AccountJson.Of) });

    private static async Task<IResult> DisconnectAsync(Guid id, AccountService accounts, HttpContext context, CancellationToken cancellationToken) =>
        await accounts.DisconnectAsync(context.User.Id(), id, cancellationToken) == DisconnectOutcome.NotFound
            ? Envelope.NotFound("account")
            : Results.NoContent();

    private static async Task<IResult> ListChannelsAsync(ChannelStore store, HttpContext context, CancellationToken cancellationToken) =>
        Envelope.Ok(new { Channels = (await store.ListAsync(context.User.Id(), cancellationToken)).Select(ChannelJson.Of) });

    private static async Task<IResult> RefreshChannelsAsync(
        AccountService accounts, ChannelStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var refresh = await accounts.RefreshChannelsAsync(context.User.Id(), cancellationToken);
        var channels = await store.ListAsync(context.User.Id(), cancellationToken);
        return Envelope.Ok(new { Channels = channels.Select(ChannelJson.Of), refresh.Failures });
    }

    private static async Task<IResult> PictureAsync(
        Guid id, ChannelStore store, ChannelPictures pictures, HttpContext context, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(context.User.Id(), id, cancellationToken) is not { } channel
            || await pictures.OpenAsync(context.User.Id(), channel, cancellationToken) is not { } picture)
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = CacheRules.OneReader;
        return Results.Stream(picture, channel.PictureType, entityTag: new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{channel.UpdatedAt.UtcTicks}\"")));
    }

    private sealed record AuthorizeBody(string? Provider);

    private sealed record AccountJson(
        Guid Id, Platform Platform, string PlatformUserId, string PlatformUserName, string? Email, AccountStatus Status, string[] Scopes, DateTimeOffset CreatedAt)
    {
        public static AccountJson Of(ConnectedAccount account) => new(
            account.Id, account.Platform, account.PlatformUserId, account.PlatformUserName, account.Email, account.Status, account.Scopes, account.CreatedAt);
    }

    private sealed record ChannelJson(
        Guid Id, Platform Platform, string PlatformChannelId, string ChannelName, long? Subscribers, Guid AccountId, DateTimeOffset? MissingSince)
    {
        public static ChannelJson Of(PublishingChannel channel) => new(
            channel.Id, channel.Platform, channel.PlatformChannelId, channel.ChannelName, channel.Subscribers, channel.ConnectedAccountId, channel.MissingSince);
    }
}
