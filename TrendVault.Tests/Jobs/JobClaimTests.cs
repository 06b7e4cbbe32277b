using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Jobs;

public sealed class JobClaimTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_instances_run_each_of_three_hundred_jobs_once()
    {
        var work = Work.Nothing(workers: 8);
        await using var one = Engine.Create(database, work);
        await EnqueueAsync(one, work, 300);

        await using var two = await Engine.StartAsync(database, work);
        await using var three = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(async () => await CountAsync(work, "completed") == 300, "all are completed", TimeSpan.FromSeconds(30));

        Assert.Equal(300, work.Runs.Count);
        Assert.Equal(300, work.Runs.DistinctBy(job => job.Id).Count());
        Assert.All(work.Runs, job => Assert.Equal(1, job.Attempt));
    }

    [Fact]
    public async Task One_owners_jobs_run_in_the_order_in_which_they_came()
    {
        var work = Work.Nothing(workers: 1);
        await using var page = Engine.Create(database, work);
        var user = await database.GivenUserAsync();
        var subjects = new List<Guid>();
        for (var i = 0; i < 10; i++)
            subjects.Add(await database.GivenJobAsync(page, work, user));

        await using var engine = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 10, "all ran");

        Assert.Equal(subjects, work.Runs.Select(job => job.SubjectId!.Value));
    }

    [Fact]
    public async Task Users_take_turns_however_many_jobs_one_has_waiting()
    {
        // Longer than what is claimed ahead of.
        var work = new Work(
            async (_, token) =>
            {
                await Task.Delay(60, token);
                return new JobOutcome.Completed();
            },
            workers: 1);
        await using var page = Engine.Create(database, work);
        var busy = await database.GivenUserAsync();
        var late = await database.GivenUserAsync();
        for (var i = 0; i < 20; i++)
            await database.GivenJobAsync(page, work, busy);
        for (var i = 0; i < 3; i++)
            await database.GivenJobAsync(page, work, late);

        await using var engine = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 23, "all ran");

        Assert.Equal(3, work.Runs.Take(6).Count(job => job.UserId == late));
    }

    [Fact]
    public async Task What_was_claimed_ahead_of_a_job_that_takes_its_time_is_left_to_another_instance()
    {
        var gate = new TaskCompletionSource();
        Guid slow = default;
        var work = new Work(
            async (job, _) =>
            {
                if (job.SubjectId == slow)
                    await gate.Task;
                return new JobOutcome.Completed();
            },
            workers: 1);
        await using var page = Engine.Create(database, work);
        var user = await database.GivenUserAsync();
        for (var i = 0; i < 81; i++)
        {
            var subject = await database.GivenJobAsync(page, work, user);
            if (i == 40)
                slow = subject;
        }

        await using var first = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(() => work.Runs.Any(job => job.SubjectId == slow), "the slow one has begun");
        await using var second = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(async () => await database.ScalarAsync<int>("select count(*) from jobs where kind = @Kind and state = 'completed'", new { work.Kind }) == 80, "all others are done");

        gate.SetResult();
        await Eventually.TrueAsync(async () => await database.ScalarAsync<int>("select count(*) from jobs where kind = @Kind and state = 'completed' and failures + crashes = 0", new { work.Kind }) == 81, "all are done");
        Assert.Equal(81, work.Runs.Count);
    }

    [Fact]
    public async Task A_batch_goes_first_to_users_with_less_running()
    {
        var work = Work.Endless(workers: 4);
        await using var page = Engine.Create(database, work);
        var busy = await database.GivenUserAsync();
        var late = await database.GivenUserAsync();
        for (var i = 0; i < 8; i++)
            await database.GivenJobAsync(page, work, busy);
        await using var one = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 4, "the busy user has all workers of the first instance");

        for (var i = 0; i < 4; i++)
            await database.GivenJobAsync(page, work, late);
        await using var two = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(() => work.Runs.Count == 8, "the second instance has its workers full");

        Assert.Equal(4, work.Runs.Count(job => job.UserId == late));
    }

    [Fact]
    public async Task No_more_is_claimed_than_there_are_free_workers()
    {
        var work = Work.Endless(workers: 2);
        await using var engine = await Engine.StartAsync(database, work);
        await EnqueueAsync(engine, work, 5);
        await Eventually.TrueAsync(() => work.Runs.Count == 2, "both workers are busy");

        var counts = Assert.Single(await engine.Counter.CountsAsync(Token), counts => counts.Kind == work.Kind);

        Assert.Equal((2, 3, 0), (counts.Running, counts.Waiting, counts.Later));
    }

    [Fact]
    public async Task No_more_of_a_lane_runs_on_all_instances_than_it_holds_and_other_lanes_go_past_it()
    {
        var gate = new SemaphoreSlim(0);
        var work = new Work(
            async (_, stop) =>
            {
                await gate.WaitAsync(stop);
                return new JobOutcome.Completed();
            },
            workers: 4)
        {
            LaneLimit = 2,
        };
        await using var page = Engine.Create(database, work);
        var user = await database.GivenUserAsync();
        for (var i = 0; i < 60; i++)
            await database.GivenJobAsync(page, work, user, lane: "busy.example");
        var other = await database.GivenJobAsync(page, work, user, lane: "other.example");

        await using var one = await Engine.StartAsync(database, work);
        await using var two = await Engine.StartAsync(database, work);
        await Eventually.TrueAsync(() => work.Runs.Any(job => job.SubjectId == other), "the other lane's job runs");
        Assert.Equal(2, await CountAsync(work, "running", "busy.example"));

        gate.Release(5);
        await Eventually.TrueAsync(() => work.Runs.Count >= 7, "the lane goes on");
        Assert.InRange(await CountAsync(work, "running", "busy.example"), 0, 2);
    }

    [Fact]
    public async Task Nothing_of_a_paused_owner_starts_until_it_is_resumed()
    {
        var work = Work.Nothing();
        await using var engine = await Engine.StartAsync(database, work, options => options.Poll = TimeSpan.FromSeconds(30));
        var paused = await database.GivenUserAsync();
        await engine.Queue.PauseAsync(work.Kind, paused, Token);
        await engine.Queue.PauseAsync(work.Kind, paused, Token);
        var waits = await database.GivenJobAsync(engine, work, paused);
        var others = await database.GivenJobAsync(engine, work, await database.GivenUserAsync());
        await database.BecomesAsync(others, JobState.Completed);

        Assert.True(await engine.Queue.IsPausedAsync(work.Kind, paused, Token));
        Assert.Equal(JobState.Queued, (await database.JobOfAsync(waits)).State);

        await engine.Queue.ResumeAsync(work.Kind, paused, Token);
        await database.BecomesAsync(waits, JobState.Completed);
        Assert.False(await engine.Queue.IsPausedAsync(work.Kind, paused, Token));
    }

    [Fact]
    public async Task A_commit_wakes_an_idle_instance_long_before_its_poll()
    {
        var work = Work.Nothing();
        await using var engine = await Engine.StartAsync(database, work, options => options.Poll = TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and query like 'listen%'") > 0,
            "the instance listens");

        await database.GivenJobAsync(engine, work);

        await Eventually.TrueAsync(() => work.Runs.Count == 1, "the job ran");
    }

    [Fact]
    public async Task A_job_is_not_due_before_its_delay()
    {
        var work = Work.Nothing();
        await using var engine = await Engine.StartAsync(database, work);
        var later = await database.GivenJobAsync(engine, work, delay: TimeSpan.FromHours(1));
        var now = await database.GivenJobAsync(engine, work);

        await database.BecomesAsync(now, JobState.Completed);

        Assert.Equal(JobState.Queued, (await database.JobOfAsync(later)).State);
    }

    [Fact]
    public async Task A_rolled_back_transaction_leaves_neither_row_nor_job()
    {
        var work = Work.Nothing();
        await using var engine = Engine.Create(database, work);
        var subject = Guid.CreateVersion7();

        await using (var connection = await database.Db.OpenConnectionAsync(Token))
        await using (await connection.BeginTransactionAsync(Token))
        {
            Assert.True(await engine.Queue.EnqueueAsync(connection, new NewJob { Kind = work.Kind, SubjectId = subject }, Token));
        }

        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from jobs where subject_id = @subject", new { subject }));
    }

    [Fact]
    public async Task A_row_has_one_live_job_and_may_have_another_after_it()
    {
        var work = Work.Nothing();
        await using var page = Engine.Create(database, work);
        var subject = await database.GivenJobAsync(page, work);

        Assert.False(await EnqueueForAsync(page, work, subject));

        await using var engine = await Engine.StartAsync(database, work);
        await database.BecomesAsync(subject, JobState.Completed);
        Assert.True(await EnqueueForAsync(page, work, subject));
        await Eventually.TrueAsync(() => work.Runs.Count == 2, "the second ran");
    }

    [Fact]
    public async Task An_instance_for_pages_only_runs_nothing()
    {
        var work = Work.Nothing();
        await using var page = await Engine.StartAsync(database, work, options => options.Role = "web");
        var subject = await database.GivenJobAsync(page, work);

        await using var engine = await Engine.StartAsync(database, work);
        await database.BecomesAsync(subject, JobState.Completed);

        await page.StopAsync();
        Assert.Single(work.Runs);
    }

    [Fact]
    public async Task What_a_finished_job_wrote_and_its_state_are_one_commit()
    {
        var subject = Guid.CreateVersion7();
        var work = new Work((job, _) => Task.FromResult<JobOutcome>(new JobOutcome.Completed((connection, token) => connection.ExecuteAsync(
            "insert into app_settings (key, value) select 'state seen by ' || @Id, state from jobs where id = @Id", new { job.Id }, token))));
        await using var engine = await Engine.StartAsync(database, work);

        await EnqueueForAsync(engine, work, subject);
        await database.BecomesAsync(subject, JobState.Completed);

        Assert.Equal("completed", await database.ScalarAsync<string>("select value from app_settings where key = 'state seen by ' || @Id", new { work.Runs[0].Id }));
    }

    [Fact]
    public async Task A_slot_is_enqueued_once_by_any_number_of_instances()
    {
        var work = Work.Nothing();
        await using var page = Engine.Create(database, work);
        var slot = new NewJob { Kind = work.Kind, SlotKey = $"{work.Kind}:202601010000" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => database.Db.InTransactionAsync(
            connection => page.Queue.EnqueueAsync(connection, slot, Token), Token)));

        Assert.Single(answers, answer => answer);
    }

    private static Task<bool> EnqueueForAsync(Engine engine, Work work, Guid subject, TestDatabase database) =>
        database.Db.InTransactionAsync(
            connection => engine.Queue.EnqueueAsync(connection, new NewJob { Kind = work.Kind, SubjectId = subject }, Token), Token);

    private Task<bool> EnqueueForAsync(Engine engine, Work work, Guid subject) => EnqueueForAsync(engine, work, subject, database);

    private Task<int> EnqueueAsync(Engine engine, Work work, int count) =>
        database.Db.InTransactionAsync(
            async connection =>
            {
                for (var i = 0; i < count; i++)
                    await engine.Queue.EnqueueAsync(connection, new NewJob { Kind = work.Kind }, Token);
                return count;
            },
            Token);

    private Task<long> CountAsync(Work work, string state, string lane) =>
        database.ScalarAsync<long>("select count(*) from jobs where kind = @Kind and state = @state and lane = @lane", new { work.Kind, state, lane });

    private Task<long> CountAsync(Work work, string state) =>
        database.ScalarAsync<long>("select count(*) from jobs where kind = @Kind and state = @state", new { work.Kind, state });
}
