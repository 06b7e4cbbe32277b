using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace TrendVault.Core.Auth;

/// <summary>Security events, under one category, so that they can be kept and watched apart. They name users by id, never a secret.</summary>
internal sealed partial class SecurityLog(ILoggerFactory loggers)
{
    private readonly ILogger _log = loggers.CreateLogger("TrendVault.Security");

    [LoggerMessage(1, LogLevel.Information, "User {UserId} registered as {Role} from {Address}")]
    internal partial void Registered(Guid userId, UserRole role, string address);

    [LoggerMessage(2, LogLevel.Information, "User {UserId} signed in from {Address}")]
    internal partial void SignedIn(Guid userId, string address);

    [LoggerMessage(3, LogLevel.Warning, "Sign-in to account {Account} refused from {Address}: {Reason}")]
    private partial void Refused(string account, string address, string reason);

    [LoggerMessage(4, LogLevel.Warning, "A refresh token of user {UserId} was used twice: session {SessionId} ended, second use from {Address}")]
    internal partial void RefreshTokenReused(Guid userId, Guid sessionId, string address);

    [LoggerMessage(5, LogLevel.Information, "User {UserId} changed {What} from {Address}; their other sessions ended")]
    internal partial void CredentialsChanged(Guid userId, string what, string address);

    /// <summary>A key was made or revoked.</summary>
    [LoggerMessage(6, LogLevel.Information, "User {UserId} {Change} an API key from {Address}")]
    public partial void ApiKeyChanged(Guid userId, string change, string address);

    /// <summary>A session was ended by its user.</summary>
    [LoggerMessage(7, LogLevel.Information, "User {UserId} ended session {SessionId} from {Address}")]
    public partial void SignedOut(Guid userId, Guid sessionId, string address);

    /// <summary>A request was refused before anybody looked at it.</summary>
    [LoggerMessage(8, LogLevel.Warning, "Request refused from {Address}: {Reason}")]
    public partial void RequestRefused(string address, string reason);

    [LoggerMessage(9, LogLevel.Information, "Admin {UserId} set registration to {Registration} from {Address}")]
    internal partial void RegistrationChanged(Guid userId, Registration registration, string address);

    [LoggerMessage(10, LogLevel.Error, "The tokens of account {AccountId} of user {UserId}, sealed with key {KeyId}, do not open: altered, or sealed with a key that is not set")]
    internal partial void TokensUnreadable(Guid userId, Guid accountId, string keyId);

    [LoggerMessage(11, LogLevel.Error, "The handle of upload {UploadId} of user {UserId} does not open: altered, or sealed with a key that is not set")]
    internal partial void HandleUnreadable(Guid userId, Guid uploadId);

    /// <summary>The address may be a typing error of anybody's, or a password in the wrong field: the log gets a digest.</summary>
    internal void SignInRefused(string email, string address, string reason) =>
        Refused(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email)))[..12], address, reason);
}
