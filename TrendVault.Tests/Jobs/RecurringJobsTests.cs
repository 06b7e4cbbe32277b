using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;
using TrendVault.Core.Jobs;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Jobs;

public sealed class RecurringJobsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_slot_becomes_one_job_over_two_instances()
    {
        var work = Work.Nothing();
        await using var one = Engine.Create(database, work);
        await using var two = Engine.Create(database, work);
        var instances = new[] { Recurring(one, work), Recurring(two, work) };

        // A day's slots, so that midnight cannot fall between two of these questions but once.
        for (var round = 0; round < 5; round++)
            await Task.WhenAll(instances.Select(instance => instance.EnqueueDueAsync(Token)));

        Assert.InRange(await database.ScalarAsync<long>("select count(*) from jobs where kind = @Kind", new { work.Kind }), 1, 2);
        Assert.Equal(
            await database.ScalarAsync<string>("select to_char(max(created_at) at time zone 'utc', 'YYYYMMDD0000') from jobs where kind = @Kind", new { work.Kind }),
            (await database.ScalarAsync<string>("select max(slot_key) from jobs where kind = @Kind", new { work.Kind }))!.Split(':')[1]);
    }

    [Theory]
    [InlineData("2026-07-04T10:29:59Z", 30, "charts:202607041000")]
    [InlineData("2026-07-04T10:30:00Z", 30, "charts:202607041030")]
    [InlineData("2026-07-04T23:59:59Z", 1440, "charts:202607040000")]
    [InlineData("2026-07-04T10:07:31Z", 1, "charts:202607041007")]
    public void A_slot_is_named_by_the_minute_it_began(string now, int minutes, string key)
    {
        var recurring = new RecurringJob("refresh", TimeSpan.FromMinutes(minutes), "charts", "{}");

        Assert.Equal(key, recurring.KeyAt(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Jobs_that_ended_long_ago_are_deleted_and_no_others()
    {
        var work = Work.Nothing();
        await using var engine = Engine.Create(database, work);
        await database.Db.ExecuteAsync(
            """
            insert into jobs (id, kind, state, finished_at)
            select gen_random_uuid(), @Kind, 'completed', now() - make_interval(days => case when n <= 2500 then 91 else 89 end)
            from generate_series(1, 2510) as n
            """,
            new { work.Kind },
            Token);
        await database.GivenJobAsync(engine, work);

        var cleanup = new JobCleanup(engine.Store, Options.Create(new JobOptions()));
        await cleanup.RunAsync(new Job { Id = Guid.CreateVersion7(), Kind = cleanup.Kind, Attempt = 1 }, Token);

        Assert.Equal(11, await database.ScalarAsync<long>("select count(*) from jobs where kind = @Kind", new { work.Kind }));
    }

    private RecurringJobs Recurring(Engine engine, Work work) => new(
        database.Db,
        engine.Queue,
        [new RecurringJob(work.Kind, TimeSpan.FromDays(1), work.Kind, "{}")],
        Options.Create(new JobOptions()),
        TimeProvider.System,
        NullLogger<RecurringJobs>.Instance);
}
