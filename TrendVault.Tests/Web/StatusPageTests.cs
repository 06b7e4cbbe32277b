using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Web;

/// <summary>Beside a worker, so that what an admin asks for is done.</summary>
public sealed class StatusPageTests(SandboxApp app) : IClassFixture<SandboxApp>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_tells_how_the_refresh_is_and_what_the_day_affords()
    {
        using var client = await app.SignInAsync();
        await Eventually.TrueAsync(async () => (await PanelAsync(client)).QuerySelector("progress")?.GetAttribute("value") is "60", "every chart is fetched", Patience);

        var panel = await PanelAsync(client);

        Assert.Contains("60 of 60 fetched", panel.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["YouTube units", "YouTube searches", "YouTube uploads", "TikTok runs"], panel.QuerySelectorAll("tbody td:first-child").Select(cell => cell.TextContent));
        // It asks for itself again.
        Assert.StartsWith("every ", panel.QuerySelector("#refresh")!.GetAttribute("hx-trigger"), StringComparison.Ordinal);
        Assert.Contains("60 of 60 fetched", await client.GetStringAsync(new Uri("/status", UriKind.Relative), _ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_admin_can_ask_for_a_refresh_and_sees_its_cost_before()
    {
        var (admin, user) = (await GivenAdminAsync(), await app.GivenUserAsync());
        using var theirs = await app.SignInAsync(user);
        using var own = await app.SignInAsync(admin);

        Assert.Null((await PanelAsync(theirs)).QuerySelector("a[href='/status/refresh']"));
        Assert.Equal(HttpStatusCode.Forbidden, (await theirs.GetAsync(new Uri("/status/refresh", UriKind.Relative), _ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await theirs.PostAsync(new Uri("/status/refresh", UriKind.Relative), null, _ct)).StatusCode);

        Assert.NotNull((await PanelAsync(own)).QuerySelector("a[href='/status/refresh']"));
        var page = Parse(await own.GetStringAsync(new Uri("/status/refresh", UriKind.Relative), _ct));
        Assert.Matches(@"156 of the [\d,]+ units .* all 48 charts", page.Body!.TextContent);
        Assert.Matches(@"12 of the [\d,]+ runs .* all 12 charts", page.Body!.TextContent);
        Assert.Equal("Refresh 60 charts", page.QuerySelector(".sheet .button--primary")!.TextContent);
    }

    [Fact]
    public async Task Asking_twice_refreshes_once_and_the_page_shows_it()
    {
        using var client = await app.SignInAsync(await GivenAdminAsync());
        await Eventually.TrueAsync(async () => (await PanelAsync(client)).QuerySelector("progress") is not null, "the half hour has begun", Patience);

        using var first = await client.PostAsync(new Uri("/status/refresh", UriKind.Relative), null, _ct);
        using var second = await client.PostAsync(new Uri("/status/refresh", UriKind.Relative), null, _ct);

        Assert.Equal((HttpStatusCode.Redirect, "/status"), (first.StatusCode, first.Headers.Location?.OriginalString));
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        await Eventually.TrueAsync(async () => (await PanelAsync(client)).Body!.TextContent.Contains("asked for", StringComparison.Ordinal), "the round is shown", Patience);
        var rounds = await app.Services.GetRequiredService<RefreshDesk>().ReadAsync(_ct);
        Assert.InRange(rounds.Rounds.Count(round => round.AskedBy is not null), 1, 2); // a minute may end between the two
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        var admin = await GivenAdminAsync();
        using var signedIn = await app.SignInAsync(admin);
        using var bare = app.CreateBareClient();
        bare.DefaultRequestHeaders.Add("Cookie", signedIn.DefaultRequestHeaders.GetValues("Cookie"));

        Assert.Equal(HttpStatusCode.BadRequest, (await bare.PostAsync(new Uri("/status/refresh", UriKind.Relative), null, _ct)).StatusCode);
    }

    private async Task<User> GivenAdminAsync()
    {
        var user = await app.GivenUserAsync();
        await app.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().ExecuteAsync("update users set role = 'admin' where id = @Id", new { user.Id }, _ct);
        return user;
    }

    private async Task<IHtmlDocument> PanelAsync(HttpClient client) =>
        Parse(await client.GetStringAsync(new Uri("/status?handler=Refresh", UriKind.Relative), _ct));

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);
}
