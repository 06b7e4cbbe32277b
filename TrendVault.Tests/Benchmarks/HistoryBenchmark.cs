using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// What a page of the history of a user with 200,000 downloads takes, for every chip, text and depth, with PostgreSQL's plan where it is too long. Not part
/// of the tests: <c>TrendVault.Tests -explicit only -class '*HistoryBenchmark'</c>.
/// </summary>
public sealed class HistoryBenchmark(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    private const int Rows = 200_000;
    private const int PageSize = 31;

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(15);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Two_hundred_thousand_downloads_of_one_user()
    {
        var userId = await GivenHistoryAsync();
        var deep = new WorkCursor(DateTimeOffset.UtcNow.AddMinutes(-Rows * 9 / 10), Guid.CreateVersion7());
        var store = new DownloadStore(database.Db, new DownloadQueue(database.Db, Options.Create(new DownloadOptions())));

        await TimeAsync("counts of the chips", () => store.CountAsync(userId, Token));
        WorkStatus?[] chips = [null, .. Enum.GetValues<WorkStatus>()];
        // In every row, in one of 2, 100 and 20,000, in a burst long ago, in none, and too short for the index.
        string?[] texts = [null, "example", "even", "hundredth", "rarest", "burst", "nothing has this", "zq"];
        foreach (var (after, depth) in ((WorkCursor?, string)[])[(null, "first page"), (deep, "after 180,000")])
        {
            foreach (var chip in chips)
            {
                foreach (var text in texts)
                {
                    var filter = new WorkFilter(chip, text);
                    var name = $"{depth}, {chip?.ToString() ?? "All"}, \"{text}\"";
                    var wall = await TimeAsync(() => store.ListAsync(userId, filter, after, PageSize, Token));
                    await ExplainAsync(name, wall, filter, after, userId);
                }
            }
        }
    }

    /// <summary>The best of ten, so that what else the machine does is left out, and the plan is the prepared one.</summary>
    private static async Task<TimeSpan> TimeAsync(Func<Task> statement)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await statement();
            best = Stopwatch.GetElapsedTime(began) is var took && took < best ? took : best;
        }

        return best;
    }

    private async Task TimeAsync(string name, Func<Task> statement)
    {
        var wall = await TimeAsync(statement);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{wall.TotalMilliseconds,8:0.00} ms  {name}"));
    }

    private async Task ExplainAsync(string name, TimeSpan wall, WorkFilter filter, WorkCursor? after, Guid userId)
    {
        var (sql, parameters) = DownloadStore.List(userId, filter, after, PageSize);
        var plan = await database.Db.QueryAsync<string>("explain (analyze, buffers) " + sql, parameters, Token);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{wall.TotalMilliseconds,8:0.00} ms  {name}: {plan[^1]}"));
        if (wall > Limit)
            output.WriteLine(string.Join('\n', plan));
    }

    private async Task<Guid> GivenHistoryAsync()
    {
        var userId = await database.GivenUserAsync();
        await using var connection = await database.Db.OpenConnectionAsync(Token);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into downloads (id, user_id, source_video_url, title, creator_name, format, status, storage_key, sha256, file_size, created_at)
            select
              gen_random_uuid(), @userId, 'https://www.example.org/watch?v=' || md5(i::text),
              concat_ws(' ', 'Video', md5((i * 7)::text), case when i % 2 = 0 then 'even' end, case when i % 100 = 0 then 'hundredth' end,
                case when i % 20000 = 0 then 'rarest' end, case when i between 150000 and 155000 then 'burst' end),
              'Creator ' || i % 500, 'best',
              case when i % 1000 = 0 then 'failed' when i % 1000 = 1 then 'cancelled' when i between 2 and 400 then 'pending' when i % 50000 = 3 then 'downloading' else 'completed' end,
              'key', 'sha', 1000, now() - make_interval(mins => i)
            from generate_series(1, @Rows) as i
            """,
            new { userId, Rows },
            commandTimeout: 300,
            cancellationToken: Token));
        await connection.ExecuteAsync(new CommandDefinition("vacuum analyze downloads", commandTimeout: 300, cancellationToken: Token));
        await connection.ExecuteAsync(new CommandDefinition("select gin_clean_pending_list('downloads_searched')", commandTimeout: 300, cancellationToken: Token));
        await new DownloadRows(database.Db, new DownloadQueue(database.Db, Options.Create(new DownloadOptions()))).FoldCountsAsync(Token);
        return userId;
    }
}
