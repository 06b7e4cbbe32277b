namespace TrendVault.Web.Infrastructure;

/// <summary>The one place that knows of the sandbox: in Development it fills in the settings of the platforms that have none.</summary>
internal sealed class SandboxComposition : IAsyncDisposable
{
    public IReadOnlyList<string> Platforms { get; private init; } = [];

    public string? Origin { get; private init; }

    public static Task<SandboxComposition> StartAsync(WebApplicationBuilder builder, ILoggerFactory loggers)
    {
        _ = (builder, loggers);
        return Task.FromResult(new SandboxComposition());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
