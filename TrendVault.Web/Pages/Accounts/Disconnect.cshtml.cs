using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Accounts;

namespace TrendVault.Web.Pages.Accounts;

/// <summary>Names what goes before it goes.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class DisconnectModel(AccountService accounts, AccountStore store) : PageModel
{
    public ConnectedAccount Account { get; private set; } = null!;

    public bool IsDialog { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(User.Id(), id, cancellationToken) is not { } account)
            return NotFound();
        Account = account;
        IsDialog = Request.WantsFragment();
        return IsDialog ? Partial("_Disconnect", this) : Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        var outcome = await accounts.DisconnectAsync(User.Id(), id, cancellationToken);
        if (outcome == DisconnectOutcome.NotFound)
            return NotFound();

        TempData["Flash"] = outcome == DisconnectOutcome.Done
            ? "The account is disconnected."
            : "The account is forgotten here, but its platform could not be told. Remove TrendVault from the apps of that account there.";
        TempData["FlashKind"] = outcome == DisconnectOutcome.Done ? "good" : "warn";
        return LocalRedirect("/accounts");
    }
}
