namespace TrendVault.Web.Sandbox.Apify;

/// <summary>The error body of Apify's API.</summary>
internal static class ApifyError
{
    public static IResult Of(int status, string type, string message) =>
        Results.Json(new { error = new { type, message } }, SandboxJson.Full, statusCode: status);
}
