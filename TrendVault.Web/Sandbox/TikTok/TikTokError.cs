using System.Globalization;
using System.Security.Cryptography;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>The two error bodies of TikTok: an envelope for its API, a flat one for its OAuth.</summary>
internal static class TikTokError
{
    public static IResult Of(int status, string code, string message) =>
        Results.Json(new { data = new { }, error = Part(code, message) }, SandboxJson.Lean, statusCode: status);

    public static IResult Flat(int status, string error, string description) =>
        Results.Json(new { error, error_description = description, log_id = LogId() }, SandboxJson.Lean, statusCode: status);

    /// <summary>The half of every answer that says how it went; <c>ok</c> is success.</summary>
    public static object Part(string code, string message) => new { code, message, log_id = LogId() };

    private static string LogId() =>
        DateTime.UtcNow.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(18);
}

/// <summary>A refusal in TikTok's envelope, thrown wherever a rule of its API is broken.</summary>
internal sealed class TikTokRefusal(int status, string code, string message) : Exception(message)
{
    public static TikTokRefusal Params(string message) => new(400, "invalid_params", message);

    public IResult ToResult() => TikTokError.Of(status, code, Message);
}
