using System.Diagnostics;
using TrendVault.Core.Settings;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Embedded;

public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everyone = (UnixFileMode)0b111_111_111;

    private readonly string _root = Directory.CreateTempSubdirectory("tv-data-folder-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Folders_that_stood_open_are_closed_and_what_a_link_leads_to_stays_as_it_is()
    {
        var data = Path.Combine(_root, "data");
        var outside = Path.Combine(_root, "outside");
        foreach (var path in new[] { data, Path.Combine(data, "objects"), Path.Combine(data, "objects", "user"), outside })
        {
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, Everyone);
        }

        Directory.CreateSymbolicLink(Path.Combine(data, "link"), outside);

        DataFolder.Close(data);

        Assert.All([data, Path.Combine(data, "objects"), Path.Combine(data, "objects", "user")], path => Assert.Equal(OwnerOnly, File.GetUnixFileMode(path)));
        Assert.Equal(Everyone, File.GetUnixFileMode(outside));
    }

    [Fact]
    public void What_is_missing_is_made_closed()
    {
        var data = Path.Combine(_root, "a", "b");

        DataFolder.Close(data);

        Assert.Equal((OwnerOnly, OwnerOnly), (File.GetUnixFileMode(Path.Combine(_root, "a")), File.GetUnixFileMode(data)));
    }

    /// <summary>As root, PostgreSQL runs as another user: its group passes through, and its cluster is found again where it was.</summary>
    [Fact]
    public async Task The_app_closes_its_folder_and_finds_its_cluster_in_it_again()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        var data = Path.Combine(_root, "data");
        Directory.CreateDirectory(data);
        File.SetUnixFileMode(data, (UnixFileMode)0b111_101_101);

        for (var start = 0; start < 2; start++)
        {
            await using var app = await AppProcess.Start(data, ("SANDBOX", "off")).ReadyAsync();
            Assert.True(File.Exists(Path.Combine(data, "postgres", "data", "postmaster.pid")));
            Assert.Equal(Environment.IsPrivilegedProcess ? OwnerOnly | UnixFileMode.GroupExecute : OwnerOnly, File.GetUnixFileMode(data));
            Assert.All(
                Directory.EnumerateDirectories(data, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }),
                path => Assert.Equal(OwnerOnly, File.GetUnixFileMode(path)));
        }

        Assert.Equal(Environment.IsPrivilegedProcess ? "postgres" : GroupOf(_root), GroupOf(data));
    }

    [Fact]
    public async Task The_sandbox_has_a_folder_that_is_closed_from_its_first_start_on()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        var data = Directory.CreateDirectory(Path.Combine(_root, "data")).FullName;

        await using var app = await AppProcess.Start(data).ReadyAsync();

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(data, "sandbox")));
    }

    private static string GroupOf(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%G", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }
}
