using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TrendVault.Core.Data;
using TrendVault.Core.Embedded;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Embedded;

/// <summary>The app as a newcomer starts it: no server named, everything in one folder.</summary>
public sealed class EmbeddedServersTests : IDisposable
{
    // Where only the servers matter; its charts would keep the machine busy.
    private static readonly (string Name, string Value) WithoutSandbox = ("SANDBOX", "off");

    private readonly string _folder = Directory.CreateTempSubdirectory("tv-embedded-").FullName;

    public EmbeddedServersTests() =>
        // Reachable for the postgres user, so that the cluster stays in the folder and goes with it.
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_written_is_there_after_a_kill_and_a_second_start_and_no_child_outlives_its_app()
    {
        var first = await AppProcess.Start(_folder, WithoutSandbox).ReadyAsync();
        await ExecuteAsync("insert into app_settings (key, value) values ('kept', 'yes')");
        first.Kill();

        await Eventually.TrueAsync(() => !ServersOf(_folder).Any(), "the servers end with their app");

        await using var second = await AppProcess.Start(_folder, WithoutSandbox).ReadyAsync();
        Assert.Equal("yes", await ScalarAsync("select value from app_settings where key = 'kept'"));
    }

    [Fact]
    public async Task A_start_right_after_a_kill_waits_for_the_old_servers()
    {
        var first = await AppProcess.Start(_folder, WithoutSandbox).ReadyAsync();
        first.Kill();

        await using var second = await AppProcess.Start(_folder, WithoutSandbox).ReadyAsync();

        Assert.Equal("1", await ScalarAsync("select count(*)::text from schema_versions where scriptname = 'db/0001_schema.sql'"));
    }

    [Fact]
    public async Task A_pid_file_whose_number_belongs_to_another_program_by_now_does_not_stop_the_start()
    {
        await using (await AppProcess.Start(_folder, WithoutSandbox).ReadyAsync())
        {
        }

        var pidFile = Path.Combine(_folder, "postgres", "data", "postmaster.pid");
        await File.WriteAllTextAsync(
            pidFile,
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n/elsewhere\n"),
            TestContext.Current.CancellationToken);

        await using var again = await AppProcess.Start(_folder, WithoutSandbox).ReadyAsync();
    }

    [Fact]
    public async Task Interrupting_the_app_ends_it_with_0_and_leaves_nothing_running()
    {
        var app = await AppProcess.Start(_folder).ReadyAsync();

        await app.InterruptAsync();

        Assert.Equal(0, await app.ExitAsync());
        Assert.Empty(ServersOf(_folder));
    }

    [Fact]
    public async Task Two_copies_over_one_folder_are_refused_in_one_sentence()
    {
        await using var first = await AppProcess.Start(_folder, WithoutSandbox).ReadyAsync();
        await using var second = AppProcess.Start(_folder, WithoutSandbox);

        Assert.Equal(78, await second.ExitAsync());
        Assert.Contains("Another TrendVault already runs on", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_port_is_refused_in_one_sentence_and_the_servers_end()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        await using var app = AppProcess.Start(_folder, WithoutSandbox, ("PORT", port.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal(78, await app.ExitAsync());
        Assert.Contains("PORT is used by another program", app.Output, StringComparison.Ordinal);
        Assert.Empty(ServersOf(_folder));
    }

    [Theory]
    [InlineData("PORT", "abc", "PORT must be a whole number, but it is \"abc\".")]
    [InlineData("PORT", "70000", "PORT must be a number from 1 to 65535.")]
    [InlineData("DATABASE_URL", "mysql://root@localhost/x", "DATABASE_URL must look like postgres://")]
    [InlineData("DATABASE_URL", "postgres://me:secret@no-such-host.invalid/x", "DATABASE_URL: no PostgreSQL answers at no-such-host.invalid:5432.")]
    [InlineData("REDIS_URL", "localhost", "REDIS_URL must look like redis://")]
    [InlineData("PUBLIC_URL", "http://example.org", "PUBLIC_URL must begin with https://")]
    [InlineData("TRENDVAULT_ROLE", "cook", "TRENDVAULT_ROLE must be one of all, web, worker")]
    public async Task One_wrong_setting_gives_one_sentence_that_names_it(string name, string value, string sentence)
    {
        await using var app = AppProcess.Start(_folder, (name, value));

        Assert.Equal(78, await app.ExitAsync());
        Assert.Contains("TrendVault cannot start. " + sentence, app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_asks_for_its_secrets_and_says_how_to_make_them()
    {
        await using var app = AppProcess.Start(_folder, ("ASPNETCORE_ENVIRONMENT", "Production"));

        Assert.Equal(78, await app.ExitAsync());
        Assert.Contains("JWT_SECRET is not set. Make one with: openssl rand -base64 32", app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rotate-keys", 0, "0 secrets are sealed with ENCRYPTION_KEY now")]
    [InlineData("rotate", 78, "TrendVault cannot start. The only command is rotate-keys")]
    public async Task A_command_runs_instead_of_the_server(string command, int exitCode, string sentence)
    {
        await using var app = AppProcess.StartCommand(_folder, command);

        Assert.Equal(exitCode, await app.ExitAsync());
        await Eventually.TrueAsync(() => app.Output.Contains(sentence, StringComparison.Ordinal), sentence);
        Assert.Empty(ServersOf(_folder));
    }

    private static IEnumerable<Process> ServersOf(string folder) =>
        Process.GetProcesses().Where(process => CommandLine(process).Contains(folder, StringComparison.Ordinal) && !CommandLine(process).StartsWith("dotnet", StringComparison.Ordinal));

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await connection.ExecuteAsync(sql, null, TestContext.Current.CancellationToken);
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync();
        return await connection.QuerySingleOrDefaultAsync<string>(sql, null, TestContext.Current.CancellationToken);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(EmbeddedPostgres.ConnectionStringFor(Path.Combine(_folder, "postgres"), EmbeddedPostgres.DatabaseName) + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
