using System.Diagnostics;
using TrendVault.Core.Jobs;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Jobs;

public sealed class JobCancelTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_waiting_job_is_cancelled_with_its_row_at_once()
    {
        var work = Work.Nothing();
        await using var page = Engine.Create(database, work);
        var subject = await database.GivenJobAsync(page, work);

        Assert.Equal(CancelOutcome.Cancelled, await page.Queue.CancelAsync(subject, Token));

        Assert.Equal(JobState.Cancelled, (await database.JobOfAsync(subject)).State);
        Assert.IsType<JobTransition.Cancelled>(Assert.Single(work.Applied).Transition);
        Assert.IsType<JobTransition.Cancelled>(Assert.Single(work.Announced).Transition);
    }

    [Fact]
    public async Task A_job_that_runs_on_another_instance_is_cancelled_within_two_seconds()
    {
        var work = Work.Endless();
        await using var page = await Engine.StartAsync(database, work, options => options.Role = "web");
        // Without the rows' help, so that it is Redis that carries the word.
        await using var engine = await Engine.StartAsync(database, work, options => options.WatchEvery = TimeSpan.FromMinutes(1));
        var subject = await database.GivenJobAsync(page, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        var clock = Stopwatch.StartNew();
        Assert.Equal(CancelOutcome.Requested, await page.Queue.CancelAsync(subject, Token));
        await database.BecomesAsync(subject, JobState.Cancelled);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"It took {clock.Elapsed}.");
        Assert.IsType<JobTransition.Cancelled>(work.Applied[^1].Transition);
    }

    [Fact]
    public async Task Without_redis_the_row_carries_the_cancel()
    {
        var work = Work.Endless();
        await using var engine = await Engine.StartAsync(database, work);
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        await database.ScalarAsync<int>("update jobs set cancel_requested = true where subject_id = @subject returning 1", new { subject });

        await database.BecomesAsync(subject, JobState.Cancelled);
    }

    [Fact]
    public async Task Cancelling_a_finished_job_changes_nothing()
    {
        var work = Work.Nothing();
        await using var engine = await Engine.StartAsync(database, work);
        var subject = await database.GivenJobAsync(engine, work);
        await database.BecomesAsync(subject, JobState.Completed);

        Assert.Equal(CancelOutcome.NothingToCancel, await engine.Queue.CancelAsync(subject, Token));

        Assert.Equal(JobState.Completed, (await database.JobOfAsync(subject)).State);
    }

    [Fact]
    public async Task A_job_that_fails_while_its_user_cancels_it_ends_cancelled_and_is_not_retried()
    {
        var cancelled = new TaskCompletionSource();
        var work = new Work(async (_, _) =>
        {
            await cancelled.Task;
            return new JobOutcome.Failed("network", "The network failed.", MayPass: true);
        });
        await using var engine = await Engine.StartAsync(database, work, options => options.WatchEvery = TimeSpan.FromMinutes(1));
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");
        await database.ScalarAsync<int>("update jobs set cancel_requested = true where subject_id = @subject returning 1", new { subject });

        cancelled.SetResult();

        await database.BecomesAsync(subject, JobState.Cancelled);
        Assert.Equal(0, (await database.JobOfAsync(subject)).Failures);
    }

    [Fact]
    public async Task Work_that_was_done_when_the_cancel_came_stays_done()
    {
        var cancelled = new TaskCompletionSource();
        var work = new Work(async (_, _) =>
        {
            await cancelled.Task;
            return new JobOutcome.Completed();
        });
        await using var engine = await Engine.StartAsync(database, work);
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        Assert.Equal(CancelOutcome.Requested, await engine.Queue.CancelAsync(subject, Token));
        cancelled.SetResult();

        await database.BecomesAsync(subject, JobState.Completed);
    }

    [Fact]
    public async Task Nothing_follows_the_word_that_a_job_was_cancelled()
    {
        var work = Work.Endless();
        await using var engine = await Engine.StartAsync(database, work);
        var subject = await database.GivenJobAsync(engine, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job runs");

        await engine.Queue.CancelAsync(subject, Token);
        await engine.Queue.CancelAsync(subject, Token);
        await Eventually.TrueAsync(() => work.Announced.Count == 2, "the end is announced");
        await engine.StopAsync();

        Assert.Equal([typeof(JobTransition.Started), typeof(JobTransition.Cancelled)], work.Announced.Select(step => step.Transition.GetType()));
    }
}
