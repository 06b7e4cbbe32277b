using System.Diagnostics;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Sandbox.OfficialClients;

/// <summary>
/// Google's and Apify's own clients against the sandbox, each a program that prints a line for each of its checks.
/// Run by <c>./test.sh --official-clients</c>, which installs them.
/// </summary>
public sealed class OfficialClientTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "TrendVault.Tests", "Sandbox", "OfficialClients");

    [Theory(Explicit = true)]
    [InlineData("node", "google.mjs")]
    [InlineData("node", "apify.mjs")]
    [InlineData("/usr/bin/python3", "resumable.py")]
    public async Task Are_served_unchanged(string program, string script)
    {
        await using var sandbox = await TestSandbox.StartAsync(TimeProvider.System);
        var lines = new List<string>();
        using var client = new Process { StartInfo = StartOf(program, script, sandbox) };
        client.OutputDataReceived += (_, line) => Print(line.Data, lines);
        client.Start();
        client.BeginOutputReadLine();
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, client.ExitCode);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.StartsWith("passed: ", line, StringComparison.Ordinal));
    }

    private static ProcessStartInfo StartOf(string program, string script, TestSandbox sandbox)
    {
        var start = new ProcessStartInfo(program, [Path.Combine(Folder, script)])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Enum.GetValues<SandboxPlatform>().SelectMany(sandbox.Server.SettingsFor))
            start.Environment[name] = value;
        start.Environment["SANDBOX_URL"] = sandbox.Server.Address.AbsoluteUri;
        start.Environment["REDIRECT_URI"] = TestSandbox.RedirectUri;
        return start;
    }

    // Straight to the terminal, as they come.
    private static void Print(string? line, List<string> lines)
    {
        if (line is null)
            return;
        lines.Add(line);
        Console.WriteLine(line);
    }
}
