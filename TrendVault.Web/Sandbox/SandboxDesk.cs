using System.Net;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.Google;
using TrendVault.Web.Sandbox.TikTok;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Web.Sandbox;

/// <summary>
/// The sandbox's own desk, <c>/_sandbox/…</c>, for tests in another process and for a developer with curl: what was uploaded, what
/// was spent, and bad days to order. Loopback only, whatever the server is bound to.
/// </summary>
internal static class SandboxDesk
{
    public static void MapSandboxDesk(this WebApplication app)
    {
        var desk = app.MapGroup("/_sandbox").AddEndpointFilter(LoopbackOnly);
        desk.MapGet("/ledger", (UploadDesk uploads) => SandboxJson.Ok(uploads.Ledger()));
        desk.MapGet("/drafts", (DraftDesk drafts) => SandboxJson.Ok(drafts.Ledger()));
        desk.MapPost("/drafts/finish", (DraftDesk drafts) => drafts.FinishAll());
        desk.MapPost("/limits/{channelId}", (string channelId, UploadDesk uploads) => uploads.Limit(channelId));
        desk.MapPost("/drafts/{publishId}/post", (string publishId, bool? isPublic, double? seconds, DraftDesk drafts) =>
            drafts.Post(publishId, isPublic ?? true, seconds ?? 0) ? Results.NoContent() : Results.NotFound());
        desk.MapPost("/drafts/{publishId}/end", (string publishId, string reason, DraftDesk drafts) =>
            drafts.End(publishId, reason) ? Results.NoContent() : Results.NotFound());
        desk.MapGet("/quota", (QuotaBook quota) => SandboxJson.Ok(quota.Today()));
        desk.MapPost("/quota/{bucket}", (string bucket, long used, QuotaBook quota) =>
            quota.SetUsed(bucket, used) ? Results.NoContent() : Results.NotFound());

        desk.MapGet("/faults", (SandboxFaults faults) => SandboxJson.Ok(faults.Orders));
        desk.MapPost("/faults", async (HttpRequest request, SandboxFaults faults) =>
        {
            var order = await request.ReadFromJsonAsync<FaultOrder>(SandboxJson.Lean);
            if (order is null)
                return Results.BadRequest();
            faults.Order(order);
            return Results.NoContent();
        });
        desk.MapDelete("/faults", (SandboxFaults faults) => faults.Clear());

        desk.MapGet("/switches", (SandboxFaults faults) => SandboxJson.Ok(faults.Switches));
        desk.MapPut("/switches", async (HttpRequest request, SandboxFaults faults) =>
        {
            faults.Switches = await request.ReadFromJsonAsync<SandboxSwitches>(SandboxJson.Lean) ?? new();
            return Results.NoContent();
        });
        desk.MapPost("/revoke", (string? email, Grants grants, CreatorGrants creators) =>
            SandboxJson.Ok(new { revoked = grants.RevokeOf(email) + creators.RevokeOf(email) }));
    }

    private static async ValueTask<object?> LoopbackOnly(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var caller = context.HttpContext.Connection.RemoteIpAddress;
        return caller is not null && IPAddress.IsLoopback(caller) ? await next(context) : Results.NotFound();
    }
}
