using System.Diagnostics;
using System.Globalization;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Tests.App;
using TrendVault.Tests.Jobs;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// How fast the engine gets through jobs that do nothing, beside the bare statements that such a job cannot do without, and how
/// soon a job starts that finds a worker free. Every commit is on the disk. Not part of the tests:
/// <c>TrendVault.Tests -explicit only -class '*JobBenchmark'</c>.
/// </summary>
public sealed class JobBenchmark(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Jobs = 10_000;
    private const int Workers = 8;
    private const int Owners = 10;

    private readonly TestServers _servers = new() { IsDurable = true };
    private TestDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _servers.InitializeAsync();
        _database = new TestDatabase(_servers);
        await _database.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _servers.DisposeAsync();
    }

    [Fact(Explicit = true)]
    public async Task Ten_thousand_jobs_that_do_nothing()
    {
        var floor = Jobs / (await BareAsync()).TotalSeconds;
        Print($"bare statements, a commit for 8 claims and one for 8 ends   {floor,8:0} jobs/s");

        for (var round = 0; round < 2; round++)
        {
            var before = await CommitsAsync();
            var cpu = Environment.CpuUsage.TotalTime;
            var (first, all) = await DrainAsync();
            Print($"engine, {Workers} workers                                           {Jobs / all.TotalSeconds,8:0} jobs/s, {Jobs / all.TotalSeconds / floor:0.00} x the floor; first start after {first.TotalMilliseconds:0} ms; {(await CommitsAsync() - before) / (double)Jobs:0.000} commits and {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / Jobs:0} us of CPU a job");
        }
    }

    [Fact(Explicit = true)]
    public async Task Fifty_jobs_a_second()
    {
        var started = new Dictionary<Guid, long>();
        var work = new Work(
            (job, _) =>
            {
                lock (started)
                    started[job.SubjectId!.Value] = Stopwatch.GetTimestamp();
                return Work.Done;
            },
            Workers);
        await using var engine = await Engine.StartAsync(_database, work, AsShipped);
        var asked = new List<(Guid Subject, long Called, long Committed)>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 1_500 && await pace.WaitForNextTickAsync(Token); i++)
        {
            var called = Stopwatch.GetTimestamp();
            var subject = await _database.GivenJobAsync(engine, work);
            asked.Add((subject, called, Stopwatch.GetTimestamp()));
        }

        await Eventually.TrueAsync(() => work.Runs.Count == asked.Count, "all ran");

        // The first ones find nothing planned and nothing compiled.
        var steady = asked.Skip(200).ToArray();
        Print($"enqueue, its commit on the disk   {Percentiles(steady.Select(job => Stopwatch.GetElapsedTime(job.Called, job.Committed)))}");
        Print($"from the commit to the start      {Percentiles(steady.Select(job => Stopwatch.GetElapsedTime(job.Committed, started[job.Subject])))}");
        Print($"from the call to the start        {Percentiles(steady.Select(job => Stopwatch.GetElapsedTime(job.Called, started[job.Subject])))}");
        Print($"a bare update and its commit      {Percentiles(await BareCommitsAsync())}");
    }

    private static void AsShipped(JobOptions options)
    {
        var shipped = new JobOptions();
        options.Poll = shipped.Poll;
        options.SweepEvery = shipped.SweepEvery;
        options.WatchEvery = shipped.WatchEvery;
    }

    /// <summary>From the start of an instance that finds them waiting.</summary>
    private async Task<(TimeSpan First, TimeSpan All)> DrainAsync()
    {
        var done = 0;
        var first = new TaskCompletionSource();
        var all = new TaskCompletionSource();
        var work = new Work(
            (_, _) =>
            {
                first.TrySetResult();
                return Work.Done;
            },
            Workers)
        {
            Apply = (_, _, transition) =>
            {
                if (transition is JobTransition.Completed && Interlocked.Increment(ref done) == Jobs)
                    all.SetResult();
                return Task.CompletedTask;
            },
        };
        await EnqueueAsync(work);

        var began = Stopwatch.GetTimestamp();
        await using var engine = await Engine.StartAsync(_database, work, AsShipped);
        await first.Task;
        var firstAfter = Stopwatch.GetElapsedTime(began);
        await all.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);
        await Eventually.TrueAsync(async () => await CountAsync(work) == Jobs, "all are completed");
        return (firstAfter, Stopwatch.GetElapsedTime(began));
    }

    private async Task EnqueueAsync(Work work)
    {
        var owners = new Guid[Owners];
        for (var i = 0; i < Owners; i++)
            owners[i] = await _database.GivenUserAsync();
        await _database.Db.ExecuteAsync(
            """
            insert into jobs (id, kind, user_id, subject_id)
            select gen_random_uuid(), @Kind, @owners[1 + i % @count], gen_random_uuid()
            from generate_series(1, @Jobs) as i
            """,
            new { work.Kind, owners, count = Owners, Jobs },
            Token);
    }

    /// <summary>The same rows through the same two states, eight to a statement and a commit, one statement after the other.</summary>
    private async Task<TimeSpan> BareAsync()
    {
        var work = Work.Nothing();
        await EnqueueAsync(work);
        var ids = await _database.Db.QueryAsync<Guid>("select id from jobs where kind = @Kind order by id", new { work.Kind }, Token);

        await using var connection = await _database.Db.OpenConnectionAsync(Token);
        var began = Stopwatch.GetTimestamp();
        foreach (var batch in ids.Chunk(Workers))
        {
            await connection.ExecuteAsync("update jobs set state = 'running', attempt = attempt + 1, claimed_at = now() where id = any(@batch)", new { batch }, Token);
            await connection.ExecuteAsync("update jobs set state = 'completed', finished_at = now() where id = any(@batch)", new { batch }, Token);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    private async Task<IReadOnlyList<TimeSpan>> BareCommitsAsync()
    {
        var taken = new List<TimeSpan>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (taken.Count < 500 && await pace.WaitForNextTickAsync(Token))
        {
            var began = Stopwatch.GetTimestamp();
            await _database.Db.ExecuteAsync("update jobs set failures = 0 where id = (select id from jobs limit 1)", null, Token);
            taken.Add(Stopwatch.GetElapsedTime(began));
        }

        return taken;
    }

    private Task<long> CommitsAsync() =>
        _database.ScalarAsync<long>("select xact_commit from pg_stat_database where datname = current_database()");

    private Task<long> CountAsync(Work work) =>
        _database.ScalarAsync<long>("select count(*) from jobs where kind = @Kind and state = 'completed'", new { work.Kind });

    private static string Percentiles(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToArray();
        string At(double part) => string.Create(CultureInfo.InvariantCulture, $"{sorted[(int)(part * (sorted.Length - 1))].TotalMilliseconds:0.00}");
        return $"p50 {At(0.5)} ms, p99 {At(0.99)} ms";
    }

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
