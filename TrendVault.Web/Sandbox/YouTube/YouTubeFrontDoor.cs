using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.Google;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>What every call passes: who is it, what does it cost, and how is a refusal told.</summary>
internal sealed class YouTubeFrontDoor(Grants grants, QuotaBook quota, SandboxFaults faults)
{
    public async Task<IResult> Enter(HttpContext context, string bucket, int units, Func<YouTubeCall, Task<IResult>> answer)
    {
        try
        {
            var caller = CallerOf(context);
            if (!quota.TryCharge(bucket, units))
                throw YouTubeError.OverQuota(bucket);
            return await answer(new YouTubeCall(context, caller));
        }
        catch (YouTubeError error)
        {
            return error.ToResult();
        }
    }

    public Task<IResult> Enter(HttpContext context, string bucket, int units, Func<YouTubeCall, object> answer) =>
        Enter(context, bucket, units, call => Task.FromResult(SandboxJson.Ok(answer(call))));

    /// <summary>The grant behind the token; null when the call comes with an API key alone.</summary>
    public GoogleGrant? CallerOf(HttpContext context)
    {
        if (faults.Switches.ApiDisabled)
            throw YouTubeError.Of(403, "SERVICE_DISABLED");
        if (context.Request.Headers.Authorization is [{ } header, ..])
        {
            var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..] : "";
            return grants.FindByAccessToken(token) ?? throw YouTubeError.BadToken();
        }

        var key = context.Request.Query["key"].FirstOrDefault() ?? context.Request.Headers["X-Goog-Api-Key"].FirstOrDefault();
        return key switch
        {
            null => throw new YouTubeError(403, "forbidden", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.", "global"),
            _ when faults.Switches.ApiKeyFault is { } fault => throw YouTubeError.Of(403, fault),
            SandboxSettings.ApiKey => null,
            _ => throw YouTubeError.BadKey(),
        };
    }
}
