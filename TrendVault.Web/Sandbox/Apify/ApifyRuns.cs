using System.Security.Cryptography;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Catalogue;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.Apify;

/// <summary>Starts, finds and awaits runs.</summary>
internal sealed class ApifyRuns(SandboxOptions options, SandboxState state, SandboxFaults faults, SandboxAddress address, TimeProvider time)
{
    private const int Remembered = 200;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    public ApifyRun Start(string actor, ApifyInput input, string told, int timeoutSeconds, int? maxItems)
    {
        var takes = options.ApifyRunTime;
        var tooLong = takes > TimeSpan.FromSeconds(timeoutSeconds);
        var run = new ApifyRun
        {
            Id = RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 17),
            Actor = actor,
            Input = input,
            Told = told,
            StartedAt = time.GetUtcNow(),
            Takes = tooLong ? TimeSpan.FromSeconds(timeoutSeconds) : takes,
            EndsAs = tooLong ? "TIMED-OUT" : faults.Switches.ApifyRunEnds,
            TimeoutSeconds = timeoutSeconds,
            MaxItems = maxItems,
        };
        state.Change(saved =>
        {
            saved.Runs.Add(run);
            if (saved.Runs.Count > Remembered)
                saved.Runs.RemoveAt(0);
        });
        return run;
    }

    public ApifyRun? Find(string id) => state.Read(saved => saved.Runs.Find(run => run.Id == id));

    public ApifyRun? FindByDataset(string id) => state.Read(saved => saved.Runs.Find(run => run.DatasetId == id));

    public ApifyRun? FindByStore(string id) => state.Read(saved => saved.Runs.Find(run => run.StoreId == id));

    public IReadOnlyList<ApifyRun> OfActor(string actor) => state.Read(saved => saved.Runs.Where(run => run.Actor == actor).ToList());

    public void Abort(ApifyRun run) => state.Change(_ => run.AbortedAt ??= run.IsOverAt(time.GetUtcNow()) ? null : time.GetUtcNow());

    public DateTimeOffset Now => time.GetUtcNow();

    public string StatusOf(ApifyRun run) => run.StatusAt(time.GetUtcNow());

    /// <summary>Waits until the run is over, or that long.</summary>
    public async Task WaitAsync(ApifyRun run, TimeSpan patience, CancellationToken ct)
    {
        var until = time.GetUtcNow() + patience;
        while (!run.IsOverAt(time.GetUtcNow()) && time.GetUtcNow() < until)
            await Task.Delay(Glance, ct);
    }

    /// <summary>What the run has found so far: nothing while it runs or failed, half when it was cut short.</summary>
    public IReadOnlyList<object> ItemsOf(ApifyRun run) => StatusOf(run) switch
    {
        "SUCCEEDED" => AllOf(run),
        "TIMED-OUT" or "ABORTED" => [.. AllOf(run).Take((AllOf(run).Count + 1) / 2)],
        _ => [],
    };

    private IReadOnlyList<object> AllOf(ApifyRun run)
    {
        var items = ApifyItems.For(run, run.StartedAt + run.Takes, address);
        return run.MaxItems is { } most ? [.. items.Take(most)] : items;
    }

    public static Region? RegionOf(ApifyInput input) => (input.ProxyCountryCode ?? input.AdsVideosCountryCode) switch
    {
        null or "" or "None" => Region.All[0],
        var code => Region.Find(code),
    };
}
