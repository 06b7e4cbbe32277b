namespace TrendVault.Web.Sandbox.Apify;

internal static class ApifyError
{
    public static IResult Of(int status, string type, string message) =>
        Results.Json(new { error = new { type, message } }, SandboxJson.Full, statusCode: status);
}
