namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>A file of a clip in one size.</summary>
internal sealed record Rendition(string File, int Width, int Height);

/// <summary>A film that the site shows. There are a few, and every video shows one of them.</summary>
internal sealed record Clip(string Name, int Seconds, int Repeats, IReadOnlyList<Rendition> Renditions)
{
    public bool IsTall => Renditions[0].Height > Renditions[0].Width;

    public string Sound => Name + ".m4a";
}

/// <summary>
/// The pictures and clips, made once and kept. The app does not wait for them; whoever asks for one before it is there does.
/// </summary>
internal sealed class MediaLibrary : IAsyncDisposable
{
    // Part of the folders' names: whoever changes what is made raises it.
    private const int Version = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly Lazy<Task<string>> _pictures;
    private readonly Lazy<Task<string>> _clips;

    public MediaLibrary(SandboxOptions options, ILogger<MediaLibrary> logger)
    {
        _folder = options.MediaFolder ?? Path.Combine(options.DataFolder, "media");
        _logger = logger;
        _pictures = new(() => Task.Run(() => OnceAsync($"pictures-{Version}", folder => MediaBuilder.PicturesAsync(folder, _stop.Token))));
        _clips = new(() => Task.Run(() => OnceAsync($"clips-{Version}-{options.ClipSeconds}s", MakeClipsAsync)));
        Wide =
        [
            Landscape("harbour", options.ClipSeconds, 2),
            Landscape("ridge", options.ClipSeconds * 3 / 2, 3),
            Landscape("lantern", options.ClipSeconds * 2, 4),
        ];
        Tall = new("tower", options.ClipSeconds, 2, [new("tower-1280p.mp4", 720, 1280), new("tower-640p.mp4", 360, 640)]);
    }

    public IReadOnlyList<Clip> Wide { get; }

    public Clip Tall { get; }

    /// <summary>Makes what is not there yet.</summary>
    public Task BuildAsync() => Task.WhenAll(_pictures.Value, _clips.Value);

    /// <summary>Null when there are none and none come soon; the reason is in the log.</summary>
    public Task<string?> PicturesAsync(CancellationToken ct) => SoonAsync(_pictures.Value, ct);

    /// <summary>Null when there are none and none come soon; the reason is in the log.</summary>
    public Task<string?> ClipsAsync(CancellationToken ct) => SoonAsync(_clips.Value, ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var work in new[] { _pictures, _clips }.Where(work => work.IsValueCreated))
            await work.Value.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stop.Dispose();
    }

    private static Clip Landscape(string name, int seconds, int repeats) =>
        new(name, seconds, repeats, [new($"{name}-720p.mp4", 1280, 720), new($"{name}-360p.mp4", 640, 360)]);

    private async Task MakeClipsAsync(string folder)
    {
        var pictures = await _pictures.Value;
        var index = 0;
        foreach (var clip in Wide.Append(Tall))
            await MediaBuilder.ClipAsync(folder, pictures, clip, index++, _stop.Token);
    }

    // Made aside and moved into place whole: a folder under its final name is complete, whoever was killed while making it.
    private async Task<string> OnceAsync(string name, Func<string, Task> make)
    {
        var place = Path.Combine(_folder, name);
        if (Directory.Exists(place))
            return place;

        Directory.CreateDirectory(_folder);
        await using var turn = await LockAsync(place + ".lock");
        if (Directory.Exists(place))
            return place;

        var aside = place + ".making";
        try
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
            Directory.CreateDirectory(aside);
            await make(aside);
            Directory.Move(aside, place);
            _logger.LogInformation("The sandbox made {Media}", name);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.LogWarning(e, "The sandbox could not make {Media}; its pictures and clips answer 503", name);
            throw;
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        return place;
    }

    // One sandbox makes them and the others wait, in this process and in others; the system lets go of it for whoever dies.
    private async Task<FileStream> LockAsync(string file)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(Glance, _stop.Token);
            }
        }
    }

    private static async Task<string?> SoonAsync(Task<string> work, CancellationToken ct)
    {
        try
        {
            return await work.WaitAsync(Patience, ct);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or IOException || work.IsCanceled)
        {
            return null;
        }
    }
}
