using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Jobs;

/// <summary>One instance's job engine, in a host of its own. Two of them over one database are two instances.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly LogLines _log;
    private bool _stopped;

    private Engine(IHost host, LogLines log)
    {
        _host = host;
        _log = log;
    }

    /// <summary>What it logged as a warning or worse.</summary>
    public IReadOnlyCollection<string> Warnings => _log.Lines;

    public JobQueue Queue => _host.Services.GetRequiredService<JobQueue>();

    public JobCounter Counter => _host.Services.GetRequiredService<JobCounter>();

    public JobStore Store => _host.Services.GetRequiredService<JobStore>();

    public static async Task<Engine> StartAsync(TestDatabase database, Work work, Action<JobOptions>? configure = null, string? redisUrl = null)
    {
        var engine = Create(database, work, configure, redisUrl);
        await engine._host.StartAsync(TestContext.Current.CancellationToken);
        return engine;
    }

    /// <summary>Registered, but not started: an instance that serves pages only.</summary>
    public static Engine Create(TestDatabase database, Work work, Action<JobOptions>? configure = null, string? redisUrl = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = database.DatabaseUrl,
            ["REDIS_URL"] = redisUrl ?? database.Redis.Url,
        });
        builder.Services.AddData(builder.Configuration).AddJobs(builder.Configuration);
        database.AddTo(builder.Services);
        builder.Services.AddSingleton(work);
        builder.Services.AddJobHandler<WorkHandler>();

        var options = new JobOptions
        {
            Grace = TimeSpan.FromMilliseconds(200),
            Poll = TimeSpan.FromMilliseconds(200),
            SweepEvery = TimeSpan.FromMilliseconds(200),
            WatchEvery = TimeSpan.FromMilliseconds(100),
            LockRetry = TimeSpan.FromMilliseconds(100),
            FirstBackoff = TimeSpan.FromMilliseconds(20),
        };
        configure?.Invoke(options);
        builder.Services.AddSingleton(Options.Create(options));
        var log = new LogLines();
        builder.Logging.AddProvider(log);
        return new Engine(builder.Build(), log);
    }

    /// <summary>What SIGTERM does.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await _host.StopAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
            await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}

/// <summary>Keeps warnings and errors for assertions, and shows them with a test that fails.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var line = $"{logLevel}: {formatter(state, exception)} {exception}";
        _lines.Enqueue(line);
        _output?.WriteLine(line);
    }

    public void Dispose()
    {
    }
}

/// <summary>What the jobs of a test do, and what became of them. Each has a kind of its own, so tests share a database.</summary>
internal sealed class Work(Func<Job, CancellationToken, Task<JobOutcome>> run, int workers = 4)
{
    private readonly Lock _gate = new();
    private readonly List<(Job Job, JobTransition Transition)> _applied = [];
    private readonly List<(Job Job, JobTransition Transition)> _announced = [];
    private readonly List<Job> _runs = [];

    public string Kind { get; } = $"test_{Path.GetRandomFileName()[..8]}";

    public int Workers => workers;

    public int? LaneLimit { get; init; }

    /// <summary>Called in the transaction of each step.</summary>
    public Func<NpgsqlConnection, Job, JobTransition, Task> Apply { get; init; } = (_, _, _) => Task.CompletedTask;

    public IReadOnlyList<Job> Runs => Copy(_runs);

    public IReadOnlyList<(Job Job, JobTransition Transition)> Applied => Copy(_applied);

    public IReadOnlyList<(Job Job, JobTransition Transition)> Announced => Copy(_announced);

    /// <summary>Work that does nothing.</summary>
    public static Work Nothing(int workers = 4) => new((_, _) => Done, workers);

    /// <summary>Work that goes on until it is stopped.</summary>
    public static Work Endless(int workers = 4) => new(
        async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return new JobOutcome.Completed();
        },
        workers);

    public static Task<JobOutcome> Done => Task.FromResult<JobOutcome>(new JobOutcome.Completed());

    public Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        Keep(_runs, job);
        return run(job, cancellationToken);
    }

    public async Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition)
    {
        await Apply(connection, job, transition);
        Keep(_applied, (job, transition));
    }

    public void Announce(Job job, JobTransition transition) => Keep(_announced, (job, transition));

    private void Keep<T>(List<T> list, T item)
    {
        lock (_gate)
            list.Add(item);
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }
}

internal sealed class WorkHandler(Work work) : IJobHandler
{
    public string Kind => work.Kind;

    public int Workers => work.Workers;

    public int? LaneLimit => work.LaneLimit;

    public Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken) => work.RunAsync(job, cancellationToken);

    public Task ApplyAsync(NpgsqlConnection connection, Job job, JobTransition transition, CancellationToken cancellationToken) =>
        work.ApplyAsync(connection, job, transition);

    public Task AnnounceAsync(Job job, JobTransition transition, CancellationToken cancellationToken)
    {
        work.Announce(job, transition);
        return Task.CompletedTask;
    }
}

/// <summary>A row of the queue as a test reads it.</summary>
internal sealed record JobRow
{
    public required JobState State { get; init; }

    public required int Attempt { get; init; }

    public required int Failures { get; init; }

    public required int Crashes { get; init; }

    public required DateTimeOffset RunAfter { get; init; }

    public string? WaitReason { get; init; }

    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    public required bool CancelRequested { get; init; }
}

internal static class JobTables
{
    /// <summary>Enqueues a job and answers the id of the row that it serves.</summary>
    public static async Task<Guid> GivenJobAsync(this TestDatabase database, Engine engine, Work work, Guid? userId = null, TimeSpan delay = default, string lane = "")
    {
        var subject = Guid.CreateVersion7();
        await database.Db.InTransactionAsync(
            connection => engine.Queue.EnqueueAsync(
                connection,
                new NewJob { Kind = work.Kind, UserId = userId, SubjectId = subject, Delay = delay, Lane = lane },
                TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken);
        return subject;
    }

    public static async Task<JobRow> JobOfAsync(this TestDatabase database, Guid subjectId) =>
        await database.Db.QuerySingleOrDefaultAsync<JobRow>(
            """
            select state, attempt, failures, crashes, run_after, wait_reason, error_code, error, cancel_requested
            from jobs
            where subject_id = @subjectId
            """,
            new { subjectId },
            TestContext.Current.CancellationToken)
        ?? throw new InvalidOperationException("No job serves that row.");

    public static Task BecomesAsync(this TestDatabase database, Guid subjectId, JobState state, TimeSpan? patience = null) =>
        Eventually.TrueAsync(async () => (await database.JobOfAsync(subjectId)).State == state, $"the job is {state}", patience);
}
