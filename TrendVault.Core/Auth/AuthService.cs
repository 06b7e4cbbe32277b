using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Auth;

/// <summary>Accounts: who may have one, and whether somebody is who they say.</summary>
public sealed class AuthService
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 100;

    private readonly UserStore _users;
    private readonly Sessions _sessions;
    private readonly SettingStore _settings;
    private readonly PasswordHasher _hasher;
    private readonly PasswordRules _rules;
    private readonly SignInThrottle _throttle;
    private readonly SecurityLog _security;
    private readonly AuthOptions _options;
    private readonly IHostEnvironment _environment;

    internal AuthService(
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
        (_users, _sessions, _settings, _hasher, _rules, _throttle, _security) = (users, sessions, settings, hasher, rules, throttle, security);
        (_options, _environment) = (options.Value, environment);
    }

    /// <summary>Whether a stranger may register now. The very first user always may.</summary>
    public async Task<bool> MayRegisterAsync(CancellationToken cancellationToken) =>
        await ReadRegistrationAsync(cancellationToken) == Registration.Open || !await _users.AnyAsync(cancellationToken);

    /// <summary>The rule in force: the environment's, else the admin's, else open in Development only.</summary>
    public async Task<Registration> ReadRegistrationAsync(CancellationToken cancellationToken)
    {
        if (_options.Registration is { } fixedByOperator)
            return fixedByOperator;
        if (EnumText<Registration>.TryParse(await _settings.FindAsync("registration", cancellationToken), out var chosen))
            return chosen;
        return _environment.IsDevelopment() ? Registration.Open : Registration.Closed;
    }

    /// <summary>False when the environment fixes the rule, so that an admin cannot change it.</summary>
    public bool MaySetRegistration => _options.Registration is null;

    /// <summary>An admin opens or closes registration.</summary>
    public async Task SetRegistrationAsync(Guid adminId, Registration registration, ClientInfo client, CancellationToken cancellationToken)
    {
        await _settings.SetAsync("registration", EnumText<Registration>.Of(registration), cancellationToken);
        _security.RegistrationChanged(adminId, registration, client.Address);
    }

    /// <summary>Makes an account. The first one is the admin's, exactly once.</summary>
    public async Task<RegisterOutcome> RegisterAsync(
        string? email, string? password, string? name, ClientInfo client, CancellationToken cancellationToken)
    {
        var registration = await ReadRegistrationAsync(cancellationToken);
        var onlyFirst = registration == Registration.Closed;
        if (onlyFirst && await _users.AnyAsync(cancellationToken))
            return new RegisterOutcome.Closed();

        var errors = new Dictionary<string, string>();
        if (!EmailAddress.TryNormalize(email, out var address))
            errors["email"] = "Enter an e-mail address such as name@example.org.";
        if (NameRefusal(name) is { } wrongName)
            errors["name"] = wrongName;
        if (_rules.Refusal(password ?? "", address ?? "") is { } wrongPassword)
            errors["password"] = wrongPassword;
        if (errors.Count > 0)
            return new RegisterOutcome.Invalid(errors);

        var user = await _users.AddAsync(address!, name!.Trim(), _hasher.Hash(password!), onlyFirst, cancellationToken);
        if (user is null)
            return await MayRegisterAsync(cancellationToken)
                ? new RegisterOutcome.Invalid(new Dictionary<string, string> { ["email"] = "There is an account with this e-mail address. Sign in instead." })
                : new RegisterOutcome.Closed();

        _security.Registered(user.Id, user.Role, client.Address);
        return new RegisterOutcome.Registered(user);
    }

    /// <summary>Checks a password. An unknown address costs the same time and gets the same answer as a wrong password.</summary>
    public async Task<SignInOutcome> SignInAsync(string? email, string? password, ClientInfo client, CancellationToken cancellationToken)
    {
        var address = EmailAddress.TryNormalize(email, out var normalized) ? normalized : "";
        if (await _throttle.BeginAsync(address, client) is { Ticks: > 0 } pause)
        {
            _security.SignInRefused(address, client.Address, "too many failures");
            return new SignInOutcome.Throttled(pause);
        }

        var account = await _users.FindCredentialsAsync(address, cancellationToken);
        if (!Verify(account, password))
        {
            await _throttle.FailedAsync(address, client);
            _security.SignInRefused(address, client.Address, "wrong e-mail or password");
            return new SignInOutcome.Refused();
        }

        await _throttle.SucceededAsync(address, client);
        if (_hasher.IsOutdated(account!.PasswordHash))
            await _users.SetPasswordHashAsync(account.Id, _hasher.Hash(password!), cancellationToken);
        _security.SignedIn(account.Id, client.Address);
        return new SignInOutcome.Welcome((await _users.FindAsync(account.Id, cancellationToken))!);
    }

    /// <summary>The account, or null when it is gone.</summary>
    public Task<User?> FindAsync(Guid userId, CancellationToken cancellationToken) => _users.FindAsync(userId, cancellationToken);

    /// <summary>Changes how a user is called; answers a sentence when the name is not taken.</summary>
    public async Task<string?> RenameAsync(Guid userId, string? name, CancellationToken cancellationToken)
    {
        if (NameRefusal(name) is { } refusal)
            return refusal;
        await _users.SetNameAsync(userId, name!.Trim(), cancellationToken);
        _sessions.Forget(userId);
        return null;
    }

    /// <summary>Sets a new password and ends every other session of the user, with its tokens.</summary>
    public async Task<ChangeOutcome> ChangePasswordAsync(
        SignedIn user, string? current, string? next, ClientInfo client, CancellationToken cancellationToken)
    {
        if (await ConfirmAsync(user.Email, current, client, cancellationToken) is { } refused)
            return refused;
        if (_rules.Refusal(next ?? "", user.Email) is { } sentence)
            return new ChangeOutcome.Invalid(sentence);

        await _users.SetPasswordHashAsync(user.UserId, _hasher.Hash(next!), cancellationToken);
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
        if (await _users.SetEmailAsync(user.UserId, address, cancellationToken) == 0)
            return new ChangeOutcome.Invalid("Another account has this e-mail address.");

        await EndOthersAsync(user, "the e-mail address", client, cancellationToken);
        return new ChangeOutcome.Changed();
    }

    /// <summary>Asks for the password again; null when it is right.</summary>
    public async Task<ChangeOutcome?> ConfirmAsync(string email, string? password, ClientInfo client, CancellationToken cancellationToken)
    {
        if (await _throttle.BeginAsync(email, client) is { Ticks: > 0 } pause)
            return new ChangeOutcome.Throttled(pause);

        if (Verify(await _users.FindCredentialsAsync(email, cancellationToken), password))
        {
            await _throttle.SucceededAsync(email, client);
            return null;
        }

        await _throttle.FailedAsync(email, client);
        _security.SignInRefused(email, client.Address, "wrong password, asked again");
        return new ChangeOutcome.WrongPassword();
    }

    private async Task EndOthersAsync(SignedIn user, string what, ClientInfo client, CancellationToken cancellationToken)
    {
        await _sessions.EndOthersAsync(user.UserId, user.SessionId, cancellationToken);
        _security.CredentialsChanged(user.UserId, what, client.Address);
    }

    private bool Verify(Credentials? account, string? password)
    {
        // A longer text than any password that was ever taken is not worth the time of hashing it.
        var text = password is { Length: <= 2 * PasswordRules.MaxLength } ? password : "";
        if (account is not null)
            return PasswordHasher.Verify(text, account.PasswordHash);
        _hasher.VerifyNobody(text);
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
