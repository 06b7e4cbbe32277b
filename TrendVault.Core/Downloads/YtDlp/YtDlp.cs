using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrendVault.Core.Egress;
using TrendVault.Core.Media;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>
/// Drives yt-dlp as a child process that is trusted with nothing: it gets a fixed list of arguments, an environment of its own, a
/// folder of its own, limits on all it may take, and the network only through the egress guard.
/// </summary>
internal sealed class YtDlp(
    Toolbox toolbox, EgressGuard guard, Confiner confiner, PlainFfmpeg ffmpeg, IOptions<DownloadOptions> options, ILogger<YtDlp> log) : IDisposable
{
    // YouTube's answer is about 1 MB.
    private const int LongestInfo = 16 * 1024 * 1024;
    private const int KeptErrors = 4 * 1024;

    private static readonly MediaFailure ProbeTooSlow = new(
        "network", "The site took too long to answer. Try again.", Remedy.Retry);

    // Python programs are heavy, and people paste many addresses at once.
    private readonly SemaphoreSlim _probes = new(4);

    /// <summary>What a page offers. Running live streams are refused with a sentence.</summary>
    /// <exception cref="MediaException">It offers nothing, or could not be read.</exception>
    public async Task<MediaInfo> ProbeAsync(string url, CancellationToken cancellationToken)
    {
        var tools = await toolbox.GetAsync(cancellationToken);
        await _probes.WaitAsync(cancellationToken);
        try
        {
            return await ProbeAsync(tools, url, cancellationToken);
        }
        finally
        {
            _probes.Release();
        }
    }

    /// <summary>
    /// Downloads into <paramref name="folder"/>, going on with what an earlier attempt left there. Afterwards the folder holds
    /// exactly one file, which ffprobe takes for sound or picture, and the subtitles beside it where they could be had.
    /// </summary>
    /// <exception cref="MediaException">It did not work; the failure says why.</exception>
    /// <exception cref="OperationCanceledException">The token ended it; all of its processes are gone, the partial file is kept.</exception>
    public async Task<MediaFile> DownloadAsync(
        string url, FormatChoice choice, WorkFolder folder, Action<WorkProgress> onProgress, CancellationToken cancellationToken)
    {
        var tools = await toolbox.GetAsync(cancellationToken);
        var stem = Stem(choice);
        folder.Prepare(stem);

        var meter = new ProgressMeter(choice);
        var errors = new TailText(KeptErrors);
        var watch = new DownloadWatch(folder, meter, options.Value);
        watch.CheckDisk();
        if (choice.Subtitles is { } language)
            await FetchSubtitlesAsync(tools, url, language, folder, watch, cancellationToken);
        folder.EmptyHome();
        var announced = false;
        var exitCode = await watch.GuardAsync(
            token => confiner.RunAsync(
                Command(tools, YtDlpArguments.Download(tools, url, choice, stem, options.Value.RateLimit), folder.Media, folder.Home),
                line =>
                {
                    announced |= line.StartsWith(YtDlpArguments.FileMark, StringComparison.Ordinal);
                    if (meter.Read(line) is { } progress)
                    {
                        watch.Saw(progress);
                        onProgress(progress);
                    }
                },
                errors.Add,
                token),
            cancellationToken);

        if (exitCode != 0 || !announced)
            throw Failed(errors.ToString(), exitCode, url, tools, choice.IsExact ? Asked.Format : Asked.Preset);
        var file = await MediaProbe.ReadAsync(confiner, tools.Ffprobe, folder, options.Value.MaxFileBytes, cancellationToken);
        folder.Finish();
        return file;
    }

    /// <summary>The file that an earlier attempt finished and could not store.</summary>
    /// <exception cref="MediaException">It is no good.</exception>
    public async Task<MediaFile> ReadFinishedAsync(WorkFolder folder, CancellationToken cancellationToken) =>
        await MediaProbe.ReadAsync(confiner, (await toolbox.GetAsync(cancellationToken)).Ffprobe, folder, options.Value.MaxFileBytes, cancellationToken);

    public void Dispose() => _probes.Dispose();

    private async Task FetchSubtitlesAsync(Tools tools, string url, string language, WorkFolder folder, DownloadWatch watch, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.ProbeTimeout);
        var errors = new TailText(KeptErrors);
        var command = Command(tools, YtDlpArguments.Subtitles(tools, url, language), folder.Subtitles, folder.Home);
        try
        {
            await watch.GuardAsync(token => confiner.RunAsync(command, _ => { }, errors.Add, token), limit.Token);
        }
        catch (Exception e) when ((e is OperationCanceledException && !cancellationToken.IsCancellationRequested) || e is MediaException { Failure.Code: not "disk_full" })
        {
            errors.Add(e.Message);
            folder.EmptySubtitles();
        }

        if (SubtitleFile.In(folder) is null)
            log.LogInformation("Subtitles in {Language} could not be had: {Detail}", language, YtDlpErrors.Strip(errors.ToString()));
    }

    // The error of what is announced names its hour in round words, if at all; in the JSON without formats it stands exactly.
    private async Task<MediaInfo> ProbeAsync(Tools tools, string url, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(tools, url, YtDlpArguments.Probe(tools, url), cancellationToken);
        }
        catch (MediaException e) when (e.Failure is { IsNotYet: true, Detail: not null })
        {
            return await AskAnnouncedAsync(tools, url, e, cancellationToken);
        }
    }

    private async Task<MediaInfo> AskAnnouncedAsync(Tools tools, string url, MediaException error, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(tools, url, YtDlpArguments.Announced(tools, url), cancellationToken);
        }
        catch (MediaException e)
        {
            throw e.Failure is { IsNotYet: true, Begins: not null } told ? new MediaException(told with { Detail = error.Failure.Detail }) : error;
        }
    }

    private async Task<MediaInfo> AskAsync(Tools tools, string url, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.ProbeTimeout);
        using var home = toolbox.NewHome();
        string? json = null;
        var errors = new TailText(KeptErrors);
        var command = Command(tools, arguments, home.Path, home.Path) with { MaxLineBytes = LongestInfo };
        try
        {
            var exitCode = await confiner.RunAsync(command, line => json = line, errors.Add, limit.Token);
            return exitCode == 0 && json is not null
                ? MediaInfoReader.Read(json)
                : throw Failed(errors.ToString(), exitCode, url, tools, Asked.Look);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaException(ProbeTooSlow);
        }
    }

    private MediaException Failed(string errors, int exitCode, string url, Tools tools, Asked asked)
    {
        var failure = exitCode == 0
            ? new MediaFailure("no_file", "yt-dlp ended without a file: the site may have sent nothing. Try again, or choose another format.", Remedy.Retry, Detail: YtDlpErrors.Strip(errors))
            : YtDlpErrors.Explain(errors, exitCode, asked, tools.ShortcomingAt(url, toolbox.Today), toolbox.Now);
        log.LogInformation("yt-dlp ended with {ExitCode}: {Code} {Detail}", exitCode, failure.Code, failure.Detail);
        return new MediaException(failure);
    }

    private ProcessGroup.Command Command(Tools tools, IReadOnlyList<string> arguments, string workingFolder, string home)
    {
        var environment = Toolbox.BareEnvironment(home);
        // The guard's credential is in here and not behind --proxy: every user of the machine can read a command line.
        foreach (var (name, value) in guard.ChildEnvironment)
            environment[name] = value;
        // An http redirect may lead to ftp, which --proxy would not cover; the guard refuses it.
        environment["ftp_proxy"] = environment["http_proxy"];
        return new ProcessGroup.Command
        {
            Program = tools.YtDlp,
            Arguments = [arguments[0], "--ffmpeg-location", ffmpeg.Folder, .. arguments.Skip(1)],
            WorkingFolder = workingFolder,
            Environment = environment,
            Companions = tools.Companions,
            Reads = [ffmpeg.Folder],
            Network = guard,
            KillPatience = options.Value.KillPatience,
        };
    }

    // A partial file of another format must not be continued as if it were this one.
    private static string Stem(FormatChoice choice)
    {
        var ids = string.Join('+', choice.Streams.Select(stream => stream.FormatId)) + (choice.AudioFormat is { } audio ? " " + audio : "");
        return "media-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ids)))[..8];
    }
}
