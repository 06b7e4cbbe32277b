using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Auth;

/// <summary>Accounts: who may have one, and whether somebody is who they say.</summary>
internal sealed class AuthService(
    UserStore users,
    Sessions sessions,
    SettingStore settings,
    PasswordHasher hasher,
    PasswordRules rules,
    SignInThrottle throttle,
    SecurityLog security,
    IOptions<AuthOptions> options,
    IHostEnvironment environment)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Whether a stranger may register now. The very first user always may.</summary>
    public async Task<bool> MayRegisterAsync(CancellationToken cancellationToken) =>
        await ReadRegistrationAsync(cancellationToken) == Registration.Open || !await users.AnyAsync(cancellationToken);

    /// <summary>The rule in force: the environment's, else the admin's, else open in Development only.</summary>
    public async Task<Registration> ReadRegistrationAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Registration is { } fixedByOperator)
            return fixedByOperator;
        if (EnumText<Registration>.TryParse(await settings.FindAsync("registration", cancellationToken), out var chosen))
            return chosen;
        return environment.IsDevelopment() ? Registration.Open : Registration.Closed;
    }

    /// <summary>False when the environment fixes the rule, so that an admin cannot change it.</summary>
    public bool MaySetRegistration => options.Value.Registration is null;

    /// <summary>An admin opens or closes registration.</summary>
    public async Task SetRegistrationAsync(Guid adminId, Registration registration, ClientInfo client, CancellationToken cancellationToken)
    {
        await settings.SetAsync("registration", EnumText<Registration>.Of(registration), cancellationToken);
        security.RegistrationChanged(adminId, registration, client.Address);
    }

    /// <summary>Makes an account. The first one is the admin's, exactly once.</summary>
    public async Task<RegisterOutcome> RegisterAsync(
        string? email, string? password, string? name, ClientInfo client, CancellationToken cancellationToken)
    {
        var registration = await ReadRegistrationAsync(cancellationToken);
        var onlyFirst = registration == Registration.Closed;
        if (onlyFirst && await users.AnyAsync(cancellationToken))
            return new RegisterOutcome.Closed();

        var errors = new Dictionary<string, string>();
        if (!EmailAddress.TryNormalize(email, out var address))
            errors["email"] = "Enter an e-mail address such as name@example.org.";
        if (NameRefusal(name) is { } wrongName)
            errors["name"] = wrongName;
        if (rules.Refusal(password ?? "", address ?? "") is { } wrongPassword)
            errors["password"] = wrongPassword;
        if (errors.Count > 0)
            return new RegisterOutcome.Invalid(errors);

        var user = await users.AddAsync(address!, name!.Trim(), hasher.Hash(password!), onlyFirst, cancellationToken);
        if (user is null)
            return await MayRegisterAsync(cancellationToken)
                ? new RegisterOutcome.Invalid(new Dictionary<string, string> { ["email"] = "There is an account with this e-mail address. Sign in instead." })
                : new RegisterOutcome.Closed();

        security.Registered(user.Id, user.Role, client.Address);
        return new RegisterOutcome.Registered(user);
    }

    /// <summary>Checks a password. An unknown address costs the same time and gets the same answer as a wrong password.</summary>
    public async Task<SignInOutcome> SignInAsync(string? email, string? password, ClientInfo client, CancellationToken cancellationToken)
    {
        var address = EmailAddress.TryNormalize(email, out var normalized) ? normalized : "";
        if (await throttle.BeginAsync(address, client) is { Ticks: > 0 } pause)
        {
            security.SignInRefused(address, client.Address, "too many failures");
            return new SignInOutcome.Throttled(pause);
        }

        var account = await users.FindCredentialsAsync(address, cancellationToken);
        if (!Verify(account, password))
        {
            await throttle.FailedAsync(address, client);
            security.SignInRefused(address, client.Address, "wrong e-mail or password");
            return new SignInOutcome.Refused();
        }

        await throttle.SucceededAsync(address, client);
        if (hasher.IsOutdated(account!.PasswordHash))
            await users.SetPasswordHashAsync(account.Id, hasher.Hash(password!), cancellationToken);
        security.SignedIn(account.Id, client.Address);
        return new SignInOutcome.Welcome((await users.FindAsync(account.Id, cancellationToken))!);
    }

    /// <summary>The account, or null when it is gone.</summary>
    public Task<User?> FindAsync(Guid userId, CancellationToken cancellationToken) => users.FindAsync(userId, cancellationToken);

    /// <summary>Changes how a user is called; answers a sentence when the name is not taken.</summary>
    public async Task<string?> RenameAsync(Guid userId, string? name, CancellationToken cancellationToken)
    {
        if (NameRefusal(name) is { } refusal)
            return refusal;
        await users.SetNameAsync(userId, name!.Trim(), cancellationToken);
        sessions.Forget(userId);
        return null;
    }

    /// <summary>Sets a new password and ends every other session of the user, with its tokens.</summary>
    public async Task<ChangeOutcome> ChangePasswordAsync(
        SignedIn user, string? current, string? next, ClientInfo client, CancellationToken cancellationToken)
    {
        if (await ConfirmAsync(user.Email, current, client, cancellationToken) is { } refused)
            return refused;
        if (rules.Refusal(next ?? "", user.Email) is { } sentence)
            return new ChangeOutcome.Invalid(sentence);

        await users.SetPasswordHashAsync(user.UserId, hasher.Hash(next!), cancellationToken);
        await EndOthersAsync(user, "the password", client, cancellationToken);
        return new ChangeOutcome.Changed();
    }

    /// <summary>Sets a new address and ends every other session of the user, with its tokens.</summary>
    public async Task<ChangeOutcome> ChangeEmailAsync(
        SignedIn user, string? current, string? email, ClientInfo client, CancellationToken cancellationToken)
    {
        if (await ConfirmAsync(user.Email, current, client, cancellationToken) is { } refused)
            return refused;
        if (!EmailAddress.TryNormalize(email, out var address))
            return new ChangeOutcome.Invalid("Enter an e-mail address such as name@example.org.");
        if (await users.SetEmailAsync(user.UserId, address, cancellationToken) == 0)
            return new ChangeOutcome.Invalid("Another account has this e-mail address.");

        await EndOthersAsync(user, "the e-mail address", client, cancellationToken);
        return new ChangeOutcome.Changed();
    }

    /// <summary>Asks for the password again; null when it is right.</summary>
    public async Task<ChangeOutcome?> ConfirmAsync(string email, string? password, ClientInfo client, CancellationToken cancellationToken)
    {
        if (await throttle.BeginAsync(email, client) is { Ticks: > 0 } pause)
            return new ChangeOutcome.Throttled(pause);

        if (Verify(await users.FindCredentialsAsync(email, cancellationToken), password))
        {
            await throttle.SucceededAsync(email, client);
            return null;
        }

        await throttle.FailedAsync(email, client);
        security.SignInRefused(email, client.Address, "wrong password, asked again");
        return new ChangeOutcome.WrongPassword();
    }

    private async Task EndOthersAsync(SignedIn user, string what, ClientInfo client, CancellationToken cancellationToken)
    {
        await sessions.EndOthersAsync(user.UserId, user.SessionId, cancellationToken);
        security.CredentialsChanged(user.UserId, what, client.Address);
    }

    private bool Verify(Credentials? account, string? password)
    {
        // A longer text than any password that was ever taken is not worth the time of hashing it.
        var text = password is { Length: <= 2 * PasswordRules.MaxLength } ? password : "";
        if (account is not null)
            return PasswordHasher.Verify(text, account.PasswordHash);
        hasher.VerifyNobody(text);
        return false;
    }

    private static string? NameRefusal(string? name)
    {
        var trimmed = name?.Trim() ?? "";
        if (trimmed.Length is 0 or > MaxNameLength)
            return $"Enter a name of 1 to {MaxNameLength} characters.";
        return trimmed.Any(char.IsControl) ? "The name holds characters that cannot be shown." : null;
    }
}
