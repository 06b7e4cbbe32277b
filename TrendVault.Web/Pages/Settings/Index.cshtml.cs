using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Auth;
using TrendVault.Core.Downloads;
using TrendVault.Web.Pages.Auth;
using TrendVault.Web.Pages.Downloads;

namespace TrendVault.Web.Pages.Settings;

/// <summary>One's own account: name, address, password, where it is signed in, keys for scripts; and for the admin who may register.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class IndexModel(
    AuthService auth, Sessions sessions, ApiKeys keys, BrowserSessions browsers, SecurityLog security, StorageShare share) : PageModel
{
    private const int MaxKeyNameLength = 60;

    public string? Name { get; private set; }

    public string Email { get; private set; } = "";

    public Guid CurrentSessionId => Me.SessionId;

    public IReadOnlyList<SessionRow> SessionRows { get; private set; } = [];

    public IReadOnlyList<ApiKeyRow> Keys { get; private set; } = [];

    /// <summary>What the user's files hold and may.</summary>
    public Space Space { get; private set; } = new(0, null);

    /// <summary>Shown once, right after it was made.</summary>
    public string? NewKey { get; private set; }

    public bool IsAdmin => Me.Role == UserRole.Admin;

    public Registration Registration { get; private set; }

    public bool MaySetRegistration => auth.MaySetRegistration;

    private SignedIn Me => HttpContext.Features.GetRequiredFeature<SignedIn>();

    public Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => ShowAsync(cancellationToken);

    public async Task<IActionResult> OnPostNameAsync(string? name, CancellationToken cancellationToken)
    {
        if (await auth.RenameAsync(Me.UserId, name, cancellationToken) is { } refusal)
        {
            Name = name;
            return await RefuseAsync("Name", refusal, cancellationToken);
        }

        return Done("Your name is saved.");
    }

    public async Task<IActionResult> OnPostEmailAsync(string? email, string? emailPassword, CancellationToken cancellationToken)
    {
        var outcome = await auth.ChangeEmailAsync(Me, emailPassword, email, Client(), cancellationToken);
        return await AnswerAsync(outcome, "Email", "EmailPassword", "Your e-mail address is changed, and every other session has ended.", cancellationToken);
    }

    public async Task<IActionResult> OnPostPasswordAsync(string? currentPassword, string? newPassword, CancellationToken cancellationToken)
    {
        var outcome = await auth.ChangePasswordAsync(Me, currentPassword, newPassword, Client(), cancellationToken);
        return await AnswerAsync(outcome, "NewPassword", "CurrentPassword", "Your password is changed, and every other session has ended.", cancellationToken);
    }

    public async Task<IActionResult> OnPostEndSessionAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await sessions.EndAsync(Me.UserId, id, cancellationToken))
            return NotFound();
        security.SignedOut(Me.UserId, id, Client().Address);
        return Done("The session has ended.");
    }

    public async Task<IActionResult> OnPostEndOthersAsync(CancellationToken cancellationToken)
    {
        await sessions.EndOthersAsync(Me.UserId, Me.SessionId, cancellationToken);
        return Done("Every other session has ended.");
    }

    public async Task<IActionResult> OnPostCreateKeyAsync(
        string? keyName, string? keyPassword, string[] scopes, CancellationToken cancellationToken)
    {
        var name = keyName?.Trim() ?? "";
        if (name.Length is 0 or > MaxKeyNameLength || name.Any(char.IsControl))
            return await RefuseAsync("KeyName", $"Enter a name of 1 to {MaxKeyNameLength} characters.", cancellationToken);
        if (scopes.Length == 0 || scopes.Except(ApiKeys.Scopes).Any())
            return await RefuseAsync("Scopes", "Choose what the key may do.", cancellationToken);
        if (await auth.ConfirmAsync(Me.Email, keyPassword, Client(), cancellationToken) is { } refused)
            return await AnswerAsync(refused, "KeyName", "KeyPassword", "", cancellationToken);

        NewKey = await keys.CreateAsync(Me.UserId, name, [.. scopes.Distinct()], cancellationToken);
        security.ApiKeyChanged(Me.UserId, "made", Client().Address);
        return await ShowAsync(cancellationToken);
    }

    public async Task<IActionResult> OnPostRevokeKeyAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(Me.UserId, id, cancellationToken))
            return NotFound();
        security.ApiKeyChanged(Me.UserId, "revoked", Client().Address);
        return Done("The key is revoked.");
    }

    public async Task<IActionResult> OnPostRegistrationAsync(Registration registration, CancellationToken cancellationToken)
    {
        if (!IsAdmin || !MaySetRegistration || !ModelState.IsValid)
            return Forbid();
        await auth.SetRegistrationAsync(Me.UserId, registration, Client(), cancellationToken);
        return Done(registration == Registration.Open ? "Anybody may register now." : "Nobody may register now.");
    }

    private ClientInfo Client() => browsers.Client(HttpContext, Me.Email);

    private RedirectToPageResult Done(string flash)
    {
        TempData["Flash"] = flash;
        TempData["FlashKind"] = "good";
        return RedirectToPage("/Settings/Index");
    }

    private async Task<IActionResult> AnswerAsync(
        ChangeOutcome outcome, string field, string passwordField, string flash, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case ChangeOutcome.Invalid { Message: var message }:
                return await RefuseAsync(field, message, cancellationToken);
            case ChangeOutcome.WrongPassword:
                return await RefuseAsync(passwordField, "This is not your password.", cancellationToken);
            case ChangeOutcome.Throttled { RetryAfter: var wait }:
                Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return await RefuseAsync(passwordField, Sentences.Wait(wait), cancellationToken);
            default:
                return Done(flash);
        }
    }

    private async Task<IActionResult> RefuseAsync(string field, string sentence, CancellationToken cancellationToken)
    {
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        ModelState.AddModelError(field, sentence);
        return await ShowAsync(cancellationToken);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellationToken)
    {
        Name ??= Me.Name;
        Email = Me.Email;
        SessionRows = await sessions.ListAsync(Me.UserId, cancellationToken);
        Keys = await keys.ListAsync(Me.UserId, cancellationToken);
        Space = new Space(await share.UsedAsync(Me.UserId, cancellationToken), share.Limit);
        Registration = await auth.ReadRegistrationAsync(cancellationToken);
        return Page();
    }
}
