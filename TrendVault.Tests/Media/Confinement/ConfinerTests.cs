using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrendVault.Core;
using TrendVault.Core.Egress;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Tests.App;
using TrendVault.Tests.Downloads;
using TrendVault.Tests.Egress;

namespace TrendVault.Tests.Media;

/// <summary>Programs that look for a way out.</summary>
public sealed class ConfinerTests : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tv-confined-");
    private Canaries _canaries = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Media => Path.Combine(_root.FullName, "work", "media");

    private string Home => Path.Combine(_root.FullName, "work", "home");

    /// <summary>Answers the trial's question as yt-dlp does, and runs what it is given.</summary>
    private string Shell => Path.Combine(_root.FullName, "shell", "run");

    private string Data => Path.Combine(_root.FullName, "data");

    private string Secret => Path.Combine(_root.FullName, "work", "secret.mp4");

    public async ValueTask InitializeAsync()
    {
        _canaries = await Canaries.StartAsync();
        Directory.CreateDirectory(Media);
        Directory.CreateDirectory(Home);
        await File.WriteAllTextAsync(Secret, "secret", Token);
        Directory.CreateDirectory(Path.GetDirectoryName(Shell)!);
        await WriteProgramAsync(Shell, "#!/bin/bash\n[ \"$1\" = --ignore-config ] || exec bash -c \"$1\"\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _canaries.DisposeAsync();
        _root.Delete(recursive: true);
    }

    [Theory]
    [InlineData("cat {secret}")]
    [InlineData("ls /etc/passwd")]
    [InlineData("ls /home || ls /root || ls /var")]
    [InlineData("touch /usr/bin/x")]
    [InlineData("touch /tmp/x")]
    [InlineData("touch /dev/shm/x")]
    [InlineData("touch /x")]
    [InlineData("touch {root}/x")]
    [InlineData("touch /proc/sys/kernel/core_pattern || : > /proc/self/oom_score_adj")]
    [InlineData("exec 3<>/dev/tcp/127.0.0.1/{web}")]
    [InlineData("ls -d /proc/[0-9]* | grep -v -e '/[1-9]$'")]
    [InlineData("grep Cap /proc/self/status | grep [1-9a-f]$")]
    public async Task What_is_not_its_own_is_out_of_reach(string script)
    {
        script = script.Replace("{secret}", Secret, StringComparison.Ordinal).Replace("{root}", _root.FullName, StringComparison.Ordinal)
            .Replace("{web}", _canaries.WebPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        var (exitCode, output) = await RunAsync(ConfinementMode.Required, script);

        Assert.True(exitCode != 0, output);
        await _canaries.SingsNotAsync();
    }

    [Fact]
    public async Task It_works_in_its_folder_and_its_home()
    {
        var (exitCode, output) = await RunAsync(ConfinementMode.Required, "pwd; echo a > a && echo b > \"$HOME/b\" && echo c > /dev/null");

        Assert.Equal((0, Media), (exitCode, output));
        Assert.True(File.Exists(Path.Combine(Media, "a")) && File.Exists(Path.Combine(Home, "b")));
    }

    [Fact]
    public async Task What_it_sends_without_asking_anybody_arrives_nowhere()
    {
        var script = string.Create(CultureInfo.InvariantCulture, $"echo hello > /dev/udp/127.0.0.1/{_canaries.DatagramPort}; echo hello > /dev/udp/192.0.2.1/9; exit 0");

        await RunAsync(ConfinementMode.Required, script);

        await _canaries.SingsNotAsync();
    }

    [Fact]
    public async Task The_guard_is_where_it_was_told()
    {
        await using var guard = await RunningGuard.StartAsync();
        var script = string.Create(CultureInfo.InvariantCulture, $"exec 3<>/dev/tcp/127.0.0.1/{guard.Guard.Port} && printf 'CONNECT example.org:443 HTTP/1.1\\r\\n\\r\\n' >&3 && head -1 <&3");

        var (_, output) = await RunAsync(ConfinementMode.Required, script, network: guard.Guard);

        Assert.StartsWith("HTTP/1.1 407 ", output, StringComparison.Ordinal);
    }

    /// <summary>As in the image: no privilege outside either, and the kernel counts its processes.</summary>
    [Fact]
    public async Task It_holds_for_an_ordinary_user_too()
    {
        const string Fork = "import os, time\nmade = 0\ntry:\n    while made < 200:\n        if os.fork() == 0:\n            time.sleep(20)\n            os._exit(0)\n        made += 1\nexcept BlockingIOError:\n    print(os.getuid(), made < 60)\n";
        var view = new ConfinedView { Bubblewrap = "/usr/bin/bwrap", Python = "/usr/bin/python3", Tools = [] };
        var confined = view.Around(Command(["/usr/bin/python3", "-c", Fork], new ChildLimits { Tasks = 60, Processes = 1000 }), door: null);
        var (exitCode, output) = await CollectAsync(
            onLine => ProcessGroup.RunAsync(AsOrdinaryUser(confined), onLine, onLine, Token));

        Assert.Equal((0, "True"), (exitCode, output.Split(' ')[^1]));
        Assert.Equal(Environment.IsPrivilegedProcess, output.StartsWith("65534 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_leaves_its_group_ends_with_the_others()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = RunAsync(ConfinementMode.Required, "trap '' INT; setsid setsid sleep 1000 & setsid sleep 1000 & sleep 1000", stop: stop.Token);
        await Eventually.TrueAsync(() => Processes.In(Media).Select(Processes.CommandLine).Count(line => line.StartsWith("sleep ", StringComparison.Ordinal)) == 3, "three sleep");

        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        await Eventually.TrueAsync(() => Processes.In(Media).Count == 0, "every process is gone");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"it took {clock.Elapsed}");
    }

    [Fact]
    public async Task An_interrupt_reaches_the_program_and_its_last_words_are_heard()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = RunAsync(ConfinementMode.Required, "trap 'echo bye > bye; exit 1' INT; echo > ready; while :; do sleep 0.1; done", stop: stop.Token);
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(Media, "ready")), "it runs");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.True(File.Exists(Path.Combine(Media, "bye")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(77)]
    public async Task Its_exit_code_is_the_programs(int code) =>
        Assert.Equal(code, (await RunAsync(ConfinementMode.Required, string.Create(CultureInfo.InvariantCulture, $"exit {code}"))).ExitCode);

    [Fact]
    public async Task Where_it_cannot_be_had_programs_run_as_before_and_the_status_page_says_what_is_missing()
    {
        var (exitCode, output) = await RunAsync(ConfinementMode.Auto, "cat " + Secret, "/nowhere/bwrap");
        var line = await Confiner(ConfinementMode.Auto, "/nowhere/bwrap").DescribeAsync([], Token);

        Assert.Equal((0, "secret"), (exitCode, output));
        Assert.False(line.IsGood);
        Assert.Contains("Install bubblewrap", line.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bubblewrap_that_may_not_make_namespaces_is_found_out()
    {
        var refused = Path.Combine(_root.FullName, "bwrap");
        await File.WriteAllTextAsync(refused, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n", Token);
        File.SetUnixFileMode(refused, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var (exitCode, output) = await RunAsync(ConfinementMode.Auto, "echo plain", refused);
        var line = await Confiner(ConfinementMode.Auto, refused).DescribeAsync([], Token);

        Assert.Equal((0, "plain"), (exitCode, output));
        Assert.Contains("does not let TrendVault make namespaces", line.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_is_required_nothing_runs_without_it()
    {
        var failure = await Bench.FailsAsync(() => RunAsync(ConfinementMode.Required, "echo > ran", "/nowhere/bwrap"));
        var line = await Confiner(ConfinementMode.Required, "/nowhere/bwrap").DescribeAsync([], Token);

        Assert.Equal(("not_confined", Remedy.Wait), (failure.Code, failure.Remedy));
        Assert.False(File.Exists(Path.Combine(Media, "ran")));
        Assert.Contains("downloads wait", line.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switched_off_it_says_so()
    {
        var line = await Confiner(ConfinementMode.Off).DescribeAsync([], Token);

        Assert.False(line.IsGood);
        Assert.Contains("DOWNLOAD_CONFINEMENT", line.Note, StringComparison.Ordinal);
    }

    /// <summary>A virtual environment in the data folder; a launcher that names a package elsewhere; a link to it.</summary>
    [Theory]
    [InlineData("data/ytdlp/bin/yt-dlp")]
    [InlineData("launcher/yt-dlp")]
    [InlineData("link/yt-dlp")]
    public async Task Tools_start_wherever_they_are(string tool)
    {
        var program = Path.Combine(_root.FullName, tool);
        GivenTools();

        var line = await Confiner(ConfinementMode.Required).DescribeAsync([program], Token);
        var (exitCode, output) = await CollectAsync(
            onLine => Confiner(ConfinementMode.Required).RunAsync(Command([program]), onLine, onLine, Token));

        Assert.True(line.IsGood, line.Note);
        Assert.Equal((0, "from the package"), (exitCode, output));
    }

    [Fact]
    public async Task A_tool_that_cannot_start_there_is_named()
    {
        // What it needs is told by nothing that could be found.
        var program = Path.Combine(_root.FullName, "odd", "yt-dlp");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await WriteProgramAsync(program, "#!/bin/sh\nhidden=$(echo cm9vdA== | base64 -d)\ncat \"/$hidden/../" + Secret.TrimStart('/') + "\"\n");

        var line = await Confiner(ConfinementMode.Auto).DescribeAsync([program], Token);

        Assert.False(line.IsGood);
        Assert.Contains(program + " does not start there", line.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trial_that_outlives_who_asked_first_is_good_for_the_next()
    {
        var program = Path.Combine(_root.FullName, "slow", "yt-dlp");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await WriteProgramAsync(program, "#!/bin/sh\nsleep 1\n");
        var first = Confiner(ConfinementMode.Auto).DescribeAsync([program], Token);
        if (Directory.Exists(Data))
            Directory.Delete(Data, recursive: true);

        var next = await Confiner(ConfinementMode.Auto).DescribeAsync([program], Token);

        Assert.True(next.IsGood, next.Note);
        Assert.Equal(next, await first);
    }

    [Fact]
    public void What_holds_more_than_a_program_is_not_shown_whole()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var inData = Path.Combine(_root.FullName, "data", "yt-dlp");
        Directory.CreateDirectory(Path.GetDirectoryName(inData)!);
        File.WriteAllText(inData, "#!/bin/sh\ncat " + home + "\n");

        Assert.Equal([inData], ToolFolders.Of([inData], Path.Combine(_root.FullName, "data")));
        Assert.Equal([Path.GetDirectoryName(inData)!], ToolFolders.Of([inData], Path.Combine(_root.FullName, "elsewhere")));
    }

    private void GivenTools()
    {
        var package = Directory.CreateDirectory(Path.Combine(_root.FullName, "package", "lib")).FullName;
        File.WriteAllText(Path.Combine(package, "told.py"), "print('from the package')\n");
        var environment = Directory.CreateDirectory(Path.Combine(_root.FullName, "data", "ytdlp", "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(environment, "python"), "/usr/bin/python3");
        WriteProgramAsync(Path.Combine(environment, "yt-dlp"), $"#!{environment}/python\nimport sys\nsys.path.insert(0, '{package}')\nimport told\n").GetAwaiter().GetResult();
        var launcher = Directory.CreateDirectory(Path.Combine(_root.FullName, "launcher")).FullName;
        WriteProgramAsync(Path.Combine(launcher, "yt-dlp"), $"#!/bin/sh\nPYTHONPATH={package} exec /usr/bin/python3 -m told\n").GetAwaiter().GetResult();
        var link = Directory.CreateDirectory(Path.Combine(_root.FullName, "link")).FullName;
        File.CreateSymbolicLink(Path.Combine(link, "yt-dlp"), "../launcher/yt-dlp");
    }

    private static async Task WriteProgramAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private Confiner Confiner(ConfinementMode mode, string bubblewrap = "bwrap") => new(
        Options.Create(new MediaOptions { Confinement = mode }),
        Options.Create(new FolderOptions { DataFolder = Data }),
        NullLogger<Confiner>.Instance)
    {
        Bubblewrap = bubblewrap,
    };

    private Task<(int ExitCode, string Output)> RunAsync(
        ConfinementMode mode, string script, string bubblewrap = "bwrap", ILoopbackServer? network = null, CancellationToken? stop = null) =>
        CollectAsync(onLine => Confiner(mode, bubblewrap).RunAsync(Command([Shell, script]) with { Network = network }, onLine, onLine, stop ?? Token));

    private ProcessGroup.Command Command(string[] words, ChildLimits? limits = null) => new()
    {
        Program = words[0],
        Arguments = words[1..],
        WorkingFolder = Media,
        Environment = Toolbox.BareEnvironment(Home),
        Limits = limits ?? new ChildLimits(),
        KillPatience = TimeSpan.FromSeconds(2),
    };

    private ProcessGroup.Command AsOrdinaryUser(ProcessGroup.Command command)
    {
        if (!Environment.IsPrivilegedProcess)
            return command;
        File.SetUnixFileMode(_root.FullName, (UnixFileMode)0b111_101_101);
        using var chown = Process.Start("chown", ["-R", "65534:65534", Path.Combine(_root.FullName, "work")]);
        chown.WaitForExit();
        return command with { Program = "setpriv", Arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", command.Program, .. command.Arguments] };
    }

    private static async Task<(int ExitCode, string Output)> CollectAsync(Func<Action<string>, Task<int>> run)
    {
        var lines = new TailText(4096);
        var exitCode = await run(line =>
        {
            lock (lines)
                lines.Add(line);
        });
        return (exitCode, lines.ToString());
    }
}
