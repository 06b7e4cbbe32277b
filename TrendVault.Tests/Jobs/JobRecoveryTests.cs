using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TrendVault.Core.Data;
using TrendVault.Core.Embedded;
using TrendVault.Core.Jobs;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Jobs;

public sealed class JobRecoveryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_killed_instance_left_running_runs_again()
    {
        var work = Work.Nothing();
        await using var page = Engine.Create(database, work);
        var subject = await GivenOrphanAsync(page, work, crashes: 0);

        await using var engine = await Engine.StartAsync(database, work);
        await database.BecomesAsync(subject, JobState.Completed);

        var row = await database.JobOfAsync(subject);
        Assert.Equal((2, 0, 1), (row.Attempt, row.Failures, row.Crashes));
        Assert.Equal(
            [typeof(JobTransition.GivenBack), typeof(JobTransition.Started), typeof(JobTransition.Completed)],
            work.Applied.Select(step => step.Transition.GetType()));
    }

    [Fact]
    public async Task A_job_that_took_its_process_down_three_times_is_given_up()
    {
        var work = Work.Nothing();
        await using var page = Engine.Create(database, work);
        var subject = await GivenOrphanAsync(page, work, crashes: 2);

        await using var engine = await Engine.StartAsync(database, work);
        await database.BecomesAsync(subject, JobState.Failed);

        Assert.Equal("worker_crashed", (await database.JobOfAsync(subject)).ErrorCode);
        Assert.Empty(work.Runs);
    }

    [Fact]
    public async Task An_orphan_that_its_user_cancelled_meanwhile_ends_cancelled()
    {
        var work = Work.Nothing();
        await using var page = Engine.Create(database, work);
        var subject = await GivenOrphanAsync(page, work, crashes: 0);
        Assert.Equal(CancelOutcome.Requested, await page.Queue.CancelAsync(subject, Token));

        await using var engine = await Engine.StartAsync(database, work);

        await database.BecomesAsync(subject, JobState.Cancelled);
    }

    [Fact]
    public async Task The_sweeper_leaves_alone_what_a_worker_holds()
    {
        var work = Work.Endless();
        await using var engine = await Engine.StartAsync(database, work, options => options.SweepEvery = TimeSpan.FromMilliseconds(200));
        var held = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        // An orphan enqueued after it is swept: so there were sweeps that saw both.
        var orphan = await GivenOrphanAsync(engine, work, crashes: 2);
        await database.BecomesAsync(orphan, JobState.Failed);

        Assert.Equal((JobState.Running, 1, 0), await StateAsync(held));
    }

    [Fact]
    public async Task A_lost_lock_gives_the_work_back()
    {
        var work = new Work(async (job, stop) =>
        {
            if (job.Attempt == 1)
                await Task.Delay(Timeout.Infinite, stop);
            return new JobOutcome.Completed();
        });
        await using var engine = await Engine.StartAsync(database, work, options =>
        {
            options.LockExpiry = TimeSpan.FromMilliseconds(600);
            options.SweepEvery = TimeSpan.FromMinutes(1);
        });
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        await using var redis = await ConnectionMultiplexer.ConnectAsync(RedisUrl.Parse(database.Redis.Url));
        Assert.True(await redis.GetDatabase().KeyDeleteAsync(JobLocks.Key(work.Runs[0].Id)));
        await database.BecomesAsync(subject, JobState.Completed);

        var row = await database.JobOfAsync(subject);
        Assert.Equal((2, 0, 0), (row.Attempt, row.Failures, row.Crashes));
    }

    [Fact]
    public async Task A_draining_instance_gives_back_what_does_not_finish_in_time()
    {
        var work = Work.Endless();
        var engine = await Engine.StartAsync(database, work);
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        await engine.StopAsync();
        await engine.DisposeAsync();

        Assert.Equal((JobState.Queued, 1, 0), await StateAsync(subject));
        Assert.Equal(0, (await database.JobOfAsync(subject)).Failures);
        Assert.IsType<JobTransition.GivenBack>(work.Applied[^1].Transition);
    }

    [Fact]
    public async Task A_draining_instance_claims_nothing_more_and_lets_its_work_finish()
    {
        var finish = new TaskCompletionSource();
        var work = new Work(
            async (_, _) =>
            {
                await finish.Task;
                return new JobOutcome.Completed();
            },
            workers: 2);
        var engine = await Engine.StartAsync(database, work, options => options.Grace = TimeSpan.FromSeconds(20));
        var running = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        var stop = engine.StopAsync();
        var late = await database.GivenJobAsync(engine, work);
        finish.SetResult();
        await stop;
        await engine.DisposeAsync();

        Assert.Equal(JobState.Completed, (await database.JobOfAsync(running)).State);
        // A claim that was on its way when the stop came is given back.
        Assert.Equal(JobState.Queued, (await database.JobOfAsync(late)).State);
        Assert.Single(work.Runs);
    }

    [Fact]
    public async Task What_is_claimed_just_as_the_stop_comes_is_given_back_without_being_begun()
    {
        Engine engine = null!;
        var stopped = new TaskCompletionSource<Task>();
        var work = new Work((_, _) => Work.Done)
        {
            Apply = (_, _, transition) =>
            {
                if (transition is JobTransition.Started)
                    stopped.TrySetResult(engine.StopAsync());
                return Task.CompletedTask;
            },
        };
        engine = await Engine.StartAsync(database, work);

        var claimed = await database.GivenJobAsync(engine, work);
        await await stopped.Task;
        await engine.DisposeAsync();

        Assert.Equal((JobState.Queued, 1, 0), await StateAsync(claimed));
        Assert.Equal(0, (await database.JobOfAsync(claimed)).Failures);
        Assert.Empty(work.Runs);
    }

    [Fact]
    public async Task Jobs_wait_while_redis_is_away_and_go_on_when_it_returns()
    {
        var folder = Directory.CreateTempSubdirectory("tv-jobs-redis-").FullName;
        var redis = await EmbeddedRedis.StartAsync(folder, folder, NullLogger.Instance, Token);
        var work = new Work(async (job, stop) =>
        {
            if (job.Attempt == 1 && job.Args.Contains("long", StringComparison.Ordinal))
                await Task.Delay(Timeout.Infinite, stop);
            return new JobOutcome.Completed();
        });
        try
        {
            await using var engine = await Engine.StartAsync(database, work, options => options.LockExpiry = TimeSpan.FromSeconds(1), redis.Url);
            var running = Guid.CreateVersion7();
            await database.Db.InTransactionAsync(
                connection => engine.Queue.EnqueueAsync(connection, new NewJob { Kind = work.Kind, SubjectId = running, Args = """{"length":"long"}""" }, Token), Token);
            await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

            await redis.DisposeAsync();
            await database.BecomesAsync(running, JobState.Queued);
            var waiting = await database.GivenJobAsync(engine, work);

            redis = await EmbeddedRedis.StartAsync(folder, folder, NullLogger.Instance, Token);
            await database.BecomesAsync(running, JobState.Completed, TimeSpan.FromSeconds(30));
            await database.BecomesAsync(waiting, JobState.Completed, TimeSpan.FromSeconds(30));

            Assert.Equal(0, (await database.JobOfAsync(running)).Failures);
            Assert.Equal(0, (await database.JobOfAsync(waiting)).Failures);
        }
        finally
        {
            await redis.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Work_stops_while_postgres_stays_away_and_its_job_goes_on_afterwards()
    {
        var stopped = new TaskCompletionSource();
        var work = new Work(async (job, stop) =>
        {
            if (job.Attempt > 1)
                return new JobOutcome.Completed();
            using var told = stop.Register(stopped.SetResult);
            await Task.Delay(Timeout.Infinite, stop);
            return new JobOutcome.Completed();
        });
        await using var engine = await Engine.StartAsync(database, work, options => options.DatabasePatience = TimeSpan.FromMilliseconds(300));
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        await database.WithoutPostgresAsync(() => stopped.Task.WaitAsync(TimeSpan.FromSeconds(10), Token));
        await database.BecomesAsync(subject, JobState.Completed, TimeSpan.FromSeconds(10));

        var row = await database.JobOfAsync(subject);
        Assert.Equal((2, 0, 0), (row.Attempt, row.Failures, row.Crashes));
    }

    [Fact]
    public async Task A_result_waits_for_postgres_to_return_and_is_not_lost()
    {
        var finish = new TaskCompletionSource();
        var work = new Work(async (_, _) =>
        {
            await finish.Task;
            return new JobOutcome.Completed();
        });
        await using var engine = await Engine.StartAsync(database, work);
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        await database.WithoutPostgresAsync(() =>
        {
            finish.SetResult();
            return Eventually.TrueAsync(() => engine.Warnings.Any(line => line.Contains("waits for PostgreSQL", StringComparison.Ordinal)), "the write was tried");
        });
        await database.BecomesAsync(subject, JobState.Completed);

        Assert.Single(work.Runs);
    }

    private async Task<(JobState State, int Attempt, int Crashes)> StateAsync(Guid subject)
    {
        var row = await database.JobOfAsync(subject);
        return (row.State, row.Attempt, row.Crashes);
    }

    // The row as a kill -9 leaves it: running, claimed a while ago, and nobody has its lock.
    private async Task<Guid> GivenOrphanAsync(Engine engine, Work work, int crashes)
    {
        var subject = Guid.CreateVersion7();
        await database.Db.InTransactionAsync(
            async connection =>
            {
                await engine.Queue.EnqueueAsync(connection, new NewJob { Kind = work.Kind, SubjectId = subject }, Token);
                return await connection.ExecuteAsync(
                    "update jobs set state = 'running', attempt = 1, crashes = @crashes, claimed_at = now() - interval '1 minute' where subject_id = @subject",
                    new { subject, crashes },
                    Token);
            },
            Token);
        return subject;
    }
}
