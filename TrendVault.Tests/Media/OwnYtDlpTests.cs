using System.Diagnostics;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Media;

/// <summary>
/// The script that keeps a current yt-dlp, with stand-ins in its path for the three that bring one: pip (a python3), apt-get and npm.
/// Each notes what it is asked, and what it brings is named in a file; an empty file, or none, is a place that has nothing.
/// </summary>
public sealed class OwnYtDlpTests : IDisposable
{
    private const string Current = "2026.11.23";
    private const string Newer = "2026.12.20";

    // What a yt-dlp of some version is: it answers the one question.
    private const string MakeYtDlp = """printf '#!/bin/sh\necho %s\n' "$version" > "$to"; chmod +x "$to" """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-own-ytdlp-");

    public OwnYtDlpTests()
    {
        Directory.CreateDirectory(FileOf("bin"));
        File.WriteAllBytes(FileOf("keyring"), []);
        GivenProgram(
            "python3",
            $$"""
            if [[ " $* " == *" venv "* ]]; then
              mkdir -p "${!#}/bin"; cp "$0" "${!#}/bin/python"; exit
            fi
            echo "pip ${!#}" >> '{{FileOf("asked")}}'
            version=$(cat '{{FileOf("pypi")}}') || exit
            to=$(dirname "$0")/yt-dlp
            {{MakeYtDlp}}
            """);
        GivenProgram(
            "apt-get",
            $$"""
            [[ " $* " == *" indextargets "* ]] && { echo https://mirror.example.org/debian; exit; }
            for option in "$@"; do [[ $option == Dir::Etc::SourceList=* ]] && sources=${option#*=}; done
            suite=$(cut -d ' ' -f 4 "$sources")
            [[ " $* " == *" update "* ]] && { cp "$sources" '{{FileOf("sources")}}'; echo "apt $suite" >> '{{FileOf("asked")}}'; exit; }
            cp '{{FileOf("debian-")}}'"$suite.deb" yt-dlp_1_all.deb
            """);
        GivenProgram(
            "npm",
            $$"""
            echo "npm ${!#}" >> '{{FileOf("asked")}}'
            [ -e '{{FileOf("deno.tgz")}}' ] && cp '{{FileOf("deno.tgz")}}' deno.tgz
            """);
    }

    private string Home => FileOf("data/ytdlp");

    private string Program => Path.Combine(Home, "current", "bin", "yt-dlp");

    private string[] Asked => File.Exists(FileOf("asked")) ? File.ReadAllLines(FileOf("asked")) : [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_comes_from_PyPI_with_pinned_extras_and_is_looked_for_again_after_a_week()
    {
        File.WriteAllText(FileOf("pypi"), Current);
        await LookAsync();
        await LookAsync();
        Assert.Equal(["pip yt-dlp[default,pin,pin-curl-cffi,pin-deno]"], Asked);
        Assert.Equal(Current, await AskAsync(Program, "--version"));

        File.WriteAllText(FileOf("pypi"), Newer);
        LetAWeekPass();
        await LookAsync();

        Assert.Equal(Newer, await AskAsync(Program, "--version"));
    }

    [Fact]
    public async Task What_runs_keeps_its_folder_when_a_newer_one_comes_and_the_one_before_that_goes()
    {
        File.WriteAllText(FileOf("pypi"), Current);
        await LookAsync();
        var first = RealFolder();

        File.WriteAllText(FileOf("pypi"), Newer);
        LetAWeekPass();
        await LookAsync();
        Assert.True(File.Exists(Path.Combine(first, "bin", "yt-dlp")), "What was started from it may still need it.");

        LetAWeekPass();
        await LookAsync();
        Assert.False(Directory.Exists(first));
        Assert.Equal(2, Directory.GetDirectories(Home).Count(folder => new DirectoryInfo(folder).LinkTarget is null));
    }

    [Fact]
    public async Task A_broken_or_an_older_one_never_takes_the_place_of_one_that_runs()
    {
        File.WriteAllText(FileOf("pypi"), Current);
        await LookAsync();
        var good = RealFolder();

        foreach (var bad in (string[])["", "Traceback", "2026.08.19"])
        {
            File.WriteAllText(FileOf("pypi"), bad);
            LetAWeekPass();
            await LookAsync();
            Assert.Equal((good, Current), (RealFolder(), await AskAsync(Program, "--version")));
        }

        Assert.Equal([good], Directory.GetDirectories(Home).Where(folder => new DirectoryInfo(folder).LinkTarget is null));
    }

    [Fact]
    public async Task Without_PyPI_it_comes_from_Debians_newer_suites_with_Deno_from_npm()
    {
        await GivenPackageAsync("sid");
        await GivenDenoAsync();

        var output = await LookAsync();

        Assert.Contains($"yt-dlp {Current} is here, from Debian's sid.", output, StringComparison.Ordinal);
        Assert.Equal(["pip", "apt", "apt", "npm"], Asked.Select(line => line.Split(' ')[0]));
        Assert.Equal(["apt trixie-backports", "apt sid"], Asked[1..3]);
        Assert.Matches("^npm @deno/linux-(x64|arm64)-glibc$", Asked[3]);
        Assert.Equal(
            $"deb [signed-by={FileOf("keyring")}] https://mirror.example.org/debian sid main",
            File.ReadAllText(FileOf("sources")).Trim());
        Assert.StartsWith("deno 2.9.6", await AskAsync(Path.Combine(Home, "current", "bin", "deno"), "--version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Debians_keyring_its_archive_is_left_out()
    {
        await GivenPackageAsync("sid");
        File.Delete(FileOf("keyring"));

        Assert.Contains("keyring is missing", await LookAsync(exitCode: 1), StringComparison.Ordinal);

        Assert.DoesNotContain("apt sid", Asked);
    }

    [Fact]
    public async Task Without_npm_it_comes_without_Deno()
    {
        await GivenPackageAsync("trixie-backports");

        await LookAsync();

        Assert.Equal(Current, await AskAsync(Program, "--version"));
        Assert.False(File.Exists(Path.Combine(Home, "current", "bin", "deno")));
    }

    [Fact]
    public async Task The_unpacked_one_loads_nothing_from_where_it_is_started_or_from_the_environment()
    {
        await GivenPackageAsync("trixie-backports");
        await LookAsync();
        var planted = Directory.CreateDirectory(FileOf("planted"));
        foreach (var name in (string[])["yt_dlp.py", "sitecustomize.py", "usercustomize.py", "os.py"])
            await File.WriteAllTextAsync(Path.Combine(planted.FullName, name), "print('planted')\nfrom __main__ import *\n", TestContext.Current.CancellationToken);

        var answer = await AskAsync(Program, "--version", planted.FullName, ("PYTHONPATH", planted.FullName), ("PYTHONSTARTUP", Path.Combine(planted.FullName, "os.py")));

        Assert.Equal(Current, answer);
    }

    [Fact]
    public async Task Where_none_can_be_had_that_is_said_and_the_next_look_tries_again()
    {
        Assert.Contains("too old", await LookAsync(exitCode: 1), StringComparison.Ordinal);
        Assert.False(File.Exists(Program));
        Assert.Empty(Directory.GetDirectories(Home));

        File.WriteAllText(FileOf("pypi"), Current);
        await LookAsync();
        Assert.Equal(Current, await AskAsync(Program, "--version"));
    }

    [Fact]
    public async Task Of_two_that_look_at_once_one_does()
    {
        File.WriteAllText(FileOf("pypi"), Current);

        await Task.WhenAll(LookAsync(), LookAsync(), LookAsync());

        Assert.Single(Asked);
    }

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private string RealFolder() => new DirectoryInfo(Path.Combine(Home, "current")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;

    private void LetAWeekPass() => File.SetLastWriteTimeUtc(Path.Combine(Home, "asked"), DateTime.UtcNow.AddDays(-8));

    private void GivenProgram(string name, string script)
    {
        var path = FileOf("bin/" + name);
        File.WriteAllText(path, "#!/bin/bash\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    // A package as Debian's is built, of a yt_dlp that answers the one question.
    private async Task GivenPackageAsync(string suite)
    {
        var root = FileOf("package");
        var module = Directory.CreateDirectory(Path.Combine(root, "usr/lib/python3/dist-packages/yt_dlp"));
        await File.WriteAllTextAsync(Path.Combine(module.FullName, "__init__.py"), $"def main():\n    print('{Current}')\n", TestContext.Current.CancellationToken);
        var control = Directory.CreateDirectory(Path.Combine(root, "DEBIAN"));
        await File.WriteAllTextAsync(
            Path.Combine(control.FullName, "control"), "Package: yt-dlp\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: none\n",
            TestContext.Current.CancellationToken);
        await AskAsync("dpkg-deb", ["-b", root, FileOf($"debian-{suite}.deb")]);
    }

    private async Task GivenDenoAsync()
    {
        GivenProgram("deno-of-npm", "echo 'deno 2.9.6 (stable)'");
        Directory.CreateDirectory(FileOf("npm/package"));
        File.Copy(FileOf("bin/deno-of-npm"), FileOf("npm/package/deno"));
        await AskAsync("tar", ["-czf", FileOf("deno.tgz"), "-C", FileOf("npm"), "package"]);
    }

    private async Task<string> LookAsync(int? exitCode = null)
    {
        var start = Start("bash", [Path.Combine(Repository.Root, ".ci", "ytdlp.sh"), FileOf("data")]);
        start.Environment["PATH"] = FileOf("bin") + ":/usr/bin:/bin";
        start.Environment["DEBIAN_KEYRING"] = FileOf("keyring");
        return await RunAsync(start, exitCode);
    }

    private static Task<string> AskAsync(string program, string question) => AskAsync(program, [question]);

    private static Task<string> AskAsync(string program, string[] arguments) => RunAsync(Start(program, arguments), exitCode: 0);

    private static Task<string> AskAsync(string program, string question, string folder, params (string Name, string Value)[] environment)
    {
        var start = Start(program, [question]);
        start.WorkingDirectory = folder;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return RunAsync(start, exitCode: 0);
    }

    private static ProcessStartInfo Start(string program, string[] arguments) =>
        new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

    private static async Task<string> RunAsync(ProcessStartInfo start, int? exitCode)
    {
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(exitCode is null || exitCode == process.ExitCode, $"{output}{await errors}");
        return output.Trim();
    }
}
