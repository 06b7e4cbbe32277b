using Npgsql;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Jobs;

public sealed class JobEndTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly JobOutcome.Failed Passing = new("network", "The network failed.", MayPass: true);

    [Fact]
    public async Task A_finished_job_tells_its_row_and_its_pages_of_both_steps()
    {
        var work = Work.Nothing();
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Announced.Count == 2, "both steps are announced");

        JobTransition[] steps = [new JobTransition.Started(), new JobTransition.Completed()];
        Assert.Equal(steps, work.Applied.Select(step => step.Transition));
        Assert.Equal(steps, work.Announced.Select(step => step.Transition));
        Assert.All(work.Announced, step => Assert.Equal(subject, step.Job.SubjectId));
    }

    [Fact]
    public async Task An_error_that_does_not_pass_ends_the_job_after_three_failures_and_stays_on_it()
    {
        var work = new Work((_, _) => Task.FromResult<JobOutcome>(Passing));
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await database.BecomesAsync(subject, JobState.Failed);

        var row = await database.JobOfAsync(subject);
        Assert.Equal((3, 3, "network", "The network failed."), (row.Attempt, row.Failures, row.ErrorCode, row.Error));
        Assert.Equal(2, work.Applied.Count(step => step.Transition is JobTransition.Retrying));
        Assert.Equal(new JobTransition.Failed("network", "The network failed.", null), work.Applied[^1].Transition);
    }

    [Fact]
    public async Task A_job_that_passes_at_last_keeps_no_error()
    {
        var work = new Work((job, _) => job.Failures < 2 ? Task.FromResult<JobOutcome>(Passing) : Work.Done);
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await database.BecomesAsync(subject, JobState.Completed);

        var row = await database.JobOfAsync(subject);
        Assert.Equal((3, 2, null, null), (row.Attempt, row.Failures, row.ErrorCode, row.Error));
    }

    [Fact]
    public async Task A_wished_for_retry_time_is_on_the_row_and_told_to_the_handler()
    {
        var work = new Work((_, _) => Task.FromResult<JobOutcome>(Passing with { RetryAfter = TimeSpan.FromHours(2) }));
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Announced.Count == 2, "the retry is announced");

        var row = await database.JobOfAsync(subject);
        var retrying = Assert.IsType<JobTransition.Retrying>(work.Applied[^1].Transition);
        Assert.Equal(row.RunAfter, retrying.At);
        Assert.InRange(row.RunAfter - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(121));
        Assert.Equal(1, row.Failures);
    }

    [Fact]
    public async Task A_parked_job_shows_its_reason_and_goes_on_by_itself_without_a_failure()
    {
        var work = new Work((job, _) => job.Attempt == 1
            ? Task.FromResult<JobOutcome>(new JobOutcome.Parked("The day's quota is used up.", DateTimeOffset.UtcNow))
            : Work.Done);
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(async () => (await database.JobOfAsync(subject)).WaitReason == "The day's quota is used up.", "the reason shows");
        await database.BecomesAsync(subject, JobState.Completed);

        var row = await database.JobOfAsync(subject);
        Assert.Equal((2, 0, null), (row.Attempt, row.Failures, row.WaitReason));
    }

    [Fact]
    public async Task What_a_handler_did_not_foresee_is_told_in_plain_words_and_retried()
    {
        var work = new Work((_, _) => throw new InvalidOperationException("secret detail"));
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await database.BecomesAsync(subject, JobState.Failed);

        var row = await database.JobOfAsync(subject);
        Assert.Equal((3, "internal_error"), (row.Failures, row.ErrorCode));
        Assert.DoesNotContain("secret", row.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_a_failure_and_leaves_nothing_of_itself()
    {
        var work = new Work((_, _) => Task.FromResult<JobOutcome>(new JobOutcome.Completed(async (connection, token) =>
        {
            await connection.ExecuteAsync("insert into app_settings (key, value) values ('half', 'done')", null, token);
            throw new InvalidOperationException("The limit is reached.");
        })));
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await database.BecomesAsync(subject, JobState.Failed);

        Assert.Equal("internal_error", (await database.JobOfAsync(subject)).ErrorCode);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from app_settings where key = 'half'"));
        Assert.DoesNotContain(work.Announced, step => step.Transition is JobTransition.Completed);
    }

    [Fact]
    public async Task A_result_that_is_refused_when_it_is_written_ends_the_job_as_that_says_and_is_undone()
    {
        var undone = false;
        var work = new Work((_, _) => Task.FromResult<JobOutcome>(new JobOutcome.Completed(
            (_, _) => throw new JobRefusedException(new JobOutcome.Failed("no_room", "There is no room.", MayPass: false)),
            _ =>
            {
                undone = true;
                return Task.CompletedTask;
            })));
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await database.BecomesAsync(subject, JobState.Failed);

        var row = await database.JobOfAsync(subject);
        Assert.Equal((1, "no_room", "There is no room."), (row.Failures, row.ErrorCode, row.Error));
        await Eventually.TrueAsync(() => undone, "what was made outside the database is removed");
    }

    [Fact]
    public async Task A_row_whose_start_cannot_be_written_fails_alone()
    {
        var poisoned = Guid.Empty;
        var work = new Work((_, _) => Work.Done)
        {
            Apply = (connection, job, transition) => job.SubjectId == poisoned && transition is JobTransition.Started
                ? connection.ExecuteAsync("select 1 / 0", null, CancellationToken.None)
                : Task.CompletedTask,
        };
        await using var page = Engine.Create(database, work);
        poisoned = await database.GivenJobAsync(page, work);
        var sound = await database.GivenJobAsync(page, work);

        await using var engine = await Engine.StartAsync(database, work);
        await database.BecomesAsync(sound, JobState.Completed);
        await database.BecomesAsync(poisoned, JobState.Failed);

        Assert.DoesNotContain(work.Runs, job => job.SubjectId == poisoned);
    }

    [Fact]
    public async Task A_handler_that_cannot_write_any_step_still_lets_its_job_end()
    {
        var work = new Work((_, _) => Work.Done)
        {
            Apply = (_, _, transition) => transition is JobTransition.Started ? Task.CompletedTask : throw new InvalidOperationException("Never."),
        };
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);

        await database.BecomesAsync(subject, JobState.Failed);
    }

    [Fact]
    public async Task An_end_whose_commit_was_not_heard_stands_and_is_not_undone()
    {
        var (tries, undone) = (0, false);
        var work = new Work((_, _) => Task.FromResult<JobOutcome>(new JobOutcome.Completed(
            async (connection, token) =>
            {
                if (Interlocked.Increment(ref tries) > 1)
                    return;
                await connection.ExecuteAsync("commit", null, token);
                throw new NpgsqlException("The line breaks before the answer.", new IOException());
            },
            _ =>
            {
                undone = true;
                return Task.CompletedTask;
            })));
        await using var engine = await Engine.StartAsync(database, work);

        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Announced.Any(step => step.Transition is JobTransition.Completed), "the end is announced");

        Assert.False(undone);
        Assert.Equal(JobState.Completed, (await database.JobOfAsync(subject)).State);
    }

    [Fact]
    public async Task A_worker_that_wakes_after_its_job_went_on_changes_and_announces_nothing()
    {
        var asleep = new TaskCompletionSource();
        var work = new Work(async (job, _) =>
        {
            // Deaf to its token, as a paused process is.
            if (job.Attempt == 1)
                await asleep.Task;
            return new JobOutcome.Completed((connection, token) => connection.ExecuteAsync(
                "insert into app_settings (key, value) values ('winner ' || @Id, @Attempt)", new { job.Id, Attempt = $"{job.Attempt}" }, token));
        });
        await using var engine = await Engine.StartAsync(database, work);
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the first attempt runs");
        await LoseLockAndGoOnAsync(subject);

        asleep.SetResult();
        await engine.StopAsync();

        Assert.Equal("2", await database.ScalarAsync<string>("select value from app_settings where key = 'winner ' || @Id", new { work.Runs[0].Id }));
        Assert.Single(work.Announced, step => step.Transition is JobTransition.Completed);
        Assert.Equal((JobState.Completed, 2), ((await database.JobOfAsync(subject)).State, (await database.JobOfAsync(subject)).Attempt));
    }

    // The row as another instance's sweeper would have left it, with the sleeper's lock expired.
    private async Task LoseLockAndGoOnAsync(Guid subject)
    {
        var id = await database.ScalarAsync<Guid>("select id from jobs where subject_id = @subject", new { subject });
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(RedisUrl.Parse(database.Redis.Url));
        await redis.GetDatabase().KeyDeleteAsync($"lock:job:{id}");
        await database.ScalarAsync<int>("update jobs set state = 'queued' where id = @id returning 1", new { id });
        await database.BecomesAsync(subject, JobState.Completed);
    }
}
