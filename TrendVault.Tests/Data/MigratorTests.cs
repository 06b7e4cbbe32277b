using Microsoft.Extensions.Logging.Abstractions;
using TrendVault.Core;
using TrendVault.Core.Data;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Data;

public sealed class MigratorTests(TestServers servers)
{
    [Fact]
    public async Task Two_instances_that_start_at_once_do_not_collide()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var url = await servers.CreateDatabaseAsync();
        await using var db = DataModule.CreateDataSource(new DataOptions { DatabaseUrl = url }, loggers: null);
        await db.ExecuteAsync("drop schema public cascade; create schema public", null, cancellationToken);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Migrator.RunAsync(new DataOptions { DatabaseUrl = url }, NullLogger.Instance, cancellationToken)));

        Assert.Equal([1L], await db.QueryAsync<long>("select count(*) from schema_versions where scriptname = 'db/0001_schema.sql'", null, cancellationToken));
    }

    [Theory]
    [InlineData("postgres://nobody:secret@127.0.0.1:1/none", "no PostgreSQL answers at 127.0.0.1:1")]
    [InlineData("postgres://nobody:secret@no-such-host.invalid/none", "no PostgreSQL answers at no-such-host.invalid:5432")]
    public async Task A_wrong_address_ends_in_one_sentence_without_the_password(string url, string sentence)
    {
        var patience = url.Contains("127.0.0.1", StringComparison.Ordinal) ? TimeSpan.Zero : Migrator.DefaultPatience;

        var e = await Assert.ThrowsAsync<StartupException>(() =>
            Migrator.RunAsync(new DataOptions { DatabaseUrl = url }, NullLogger.Instance, TestContext.Current.CancellationToken, patience));

        Assert.Contains(sentence, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Database=test", "Database=missing", "has no database \"missing")]
    [InlineData("Username=trendvault", "Username=nobody", "refuses the user or the password")]
    public async Task What_the_server_does_not_know_is_named(string right, string wrong, string sentence)
    {
        var url = await servers.CreateDatabaseAsync();

        var e = await Assert.ThrowsAsync<StartupException>(() => Migrator.RunAsync(
            new DataOptions { DatabaseUrl = url.Replace(right, wrong, StringComparison.Ordinal) },
            NullLogger.Instance,
            TestContext.Current.CancellationToken));

        Assert.Contains(sentence, e.Message, StringComparison.Ordinal);
    }
}
