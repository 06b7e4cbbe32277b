using System.Net.Mime;
using Npgsql;
using StackExchange.Redis;
using TrendVault.Core.Data;
using TrendVault.Core.Storage;

namespace TrendVault.Web;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: send it requests; 503 while a server is missing or it drains.</summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        app.MapGet("/health/ready", ReadyAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReadyAsync(
        NpgsqlDataSource db, IDatabase redis, IServiceProvider services, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Answer(new Dictionary<string, string> { ["app"] = "draining" });

        var checks = new Dictionary<string, Task>
        {
            ["postgresql"] = db.QuerySingleOrDefaultAsync<int>("select 1", null, cancellationToken),
            ["redis"] = redis.PingAsync(),
            ["storage"] = services.GetService<IObjectStore>()?.CheckAsync(cancellationToken) ?? Task.CompletedTask,
        };
        var states = new Dictionary<string, string>();
        foreach (var (name, check) in checks)
            states[name] = await IsUpAsync(check) ? "up" : "down";
        return Answer(states);
    }

    private static async Task<bool> IsUpAsync(Task check)
    {
        try
        {
            await check.WaitAsync(Patience);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static IResult Answer(Dictionary<string, string> states)
    {
        var isReady = states.Values.All(state => state == "up");
        return Results.Json(
            new { status = isReady ? "ready" : "not ready", checks = states },
            contentType: MediaTypeNames.Application.Json,
            statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
