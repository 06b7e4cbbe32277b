using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Accounts;
using TrendVault.Core.Channels;

namespace TrendVault.Web.Pages.Accounts;

/// <summary>The connected accounts with their channels.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class IndexModel(AccountService accounts, AccountStore store, ChannelStore channels, AccountPlatforms platforms) : PageModel
{
    private ILookup<Guid, PublishingChannel> _channels = null!;

    /// <summary>What the callback has just connected.</summary>
    [BindProperty(SupportsGet = true, Name = "connected")]
    public Guid? ConnectedId { get; set; }

    public IReadOnlyList<IAccountPlatform> Platforms => platforms.All;

    public IReadOnlyList<ConnectedAccount> Rows { get; private set; } = [];

    public ConnectedAccount? Connected => Rows.FirstOrDefault(account => account.Id == ConnectedId);

    public IReadOnlyList<PublishingChannel> ChannelsOf(ConnectedAccount account) => [.. _channels[account.Id]];

    public string ProviderOf(ConnectedAccount account) => platforms.Of(account.Platform).Provider;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Rows = await store.ListAsync(User.Id(), cancellationToken);
        _channels = (await channels.ListAsync(User.Id(), cancellationToken)).ToLookup(channel => channel.ConnectedAccountId);
    }

    public async Task<IActionResult> OnPostRefreshAsync(CancellationToken cancellationToken)
    {
        var refresh = await accounts.RefreshChannelsAsync(User.Id(), cancellationToken);
        TempData["Flash"] = refresh.Failures.Count > 0 ? string.Join(' ', refresh.Failures) : "The channels are as the platforms have them.";
        TempData["FlashKind"] = refresh.Failures.Count > 0 ? "bad" : "good";
        return LocalRedirect("/accounts");
    }
}
