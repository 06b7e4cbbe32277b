namespace TrendVault.Web.Sandbox.Google;

/// <summary>The flat error body of Google's token endpoints.</summary>
internal static class OAuthError
{
    public static IResult Of(int status, string error, string description) =>
        Results.Json(new { error, error_description = description }, SandboxJson.Lean, statusCode: status);
}
