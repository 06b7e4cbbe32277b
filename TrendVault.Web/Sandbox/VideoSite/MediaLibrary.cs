namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>A file of a clip in one size.</summary>
internal sealed record Rendition(string File, int Width, int Height);

/// <summary>A film that the site shows. There are a few, and every video shows one of them.</summary>
/// <param name="Picture">The painter's number of what is seen in it.</param>
/// <param name="Tone">What is heard, in hertz.</param>
internal sealed record Clip(string Name, int Seconds, int Repeats, int Picture, int Tone, IReadOnlyList<Rendition> Renditions)
{
    public bool IsTall => Renditions[0].Height > Renditions[0].Width;

    public string Sound => Name + ".m4a";
}

/// <summary>Pictures that are made together, one of each of the painter's scenes.</summary>
internal sealed record PictureSet(bool IsTall, int Number)
{
    public const int WideSets = 5;
    public const int TallSets = 3;
}

/// <summary>
/// The pictures and clips, made once and kept. Nothing is made before something is asked for, so that the app starts and shows its
/// first page undisturbed; then the rest follows. Who asks for one waits for that one, not for all.
/// </summary>
internal sealed class MediaLibrary : IAsyncDisposable
{
    // Part of the folders' names: whoever changes what is made raises it.
    private const int Version = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PagePatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder;
    private readonly ILogger _logger;
    // One set at a time and one clip at a time: this must not take the machine from the app.
    private readonly SemaphoreSlim _painting = new(1);
    private readonly SemaphoreSlim _filming = new(1);
    private readonly Dictionary<PictureSet, Lazy<Task<string>>> _pictures;
    private readonly Dictionary<string, Lazy<Task<string>>> _clips;
    private readonly Lazy<Task> _all;

    public MediaLibrary(SandboxOptions options, ILogger<MediaLibrary> logger)
    {
        _folder = options.MediaFolder ?? Path.Combine(options.DataFolder, "media");
        _logger = logger;
        Wide =
        [
            Landscape("harbour", options.ClipSeconds, 2, picture: 3, tone: 196),
            Landscape("ridge", options.ClipSeconds * 3 / 2, 3, picture: 10, tone: 245),
            Landscape("lantern", options.ClipSeconds * 2, 4, picture: 17, tone: 294),
        ];
        Tall = new("tower", options.ClipSeconds, 2, 15, 343, [new("tower-1280p.mp4", 720, 1280), new("tower-640p.mp4", 360, 640)]);
        PictureSet[] sets = [.. Enumerable.Range(0, PictureSet.WideSets).Select(number => new PictureSet(false, number)), .. Enumerable.Range(0, PictureSet.TallSets).Select(number => new PictureSet(true, number))];
        _pictures = sets.ToDictionary(set => set, set => Once(
            _painting, $"pictures-{Version}/{(set.IsTall ? "tall" : "wide")}-{set.Number}", folder => MediaBuilder.PicturesAsync(folder, set, _stop.Token)));
        _clips = Wide.Append(Tall).ToDictionary(clip => clip.Name, clip => Once(
            _filming, $"clips-{Version}-{options.ClipSeconds}s/{clip.Name}", folder => MediaBuilder.ClipAsync(folder, clip, _stop.Token)));
        _all = new(MakeAllAsync);
    }

    public IReadOnlyList<Clip> Wide { get; }

    public Clip Tall { get; }

    /// <summary>Makes what is not there yet.</summary>
    public Task BuildAsync() => _all.Value;

    /// <summary>The folder of a set of pictures; null when it is not there and does not come soon, the reason is in the log.</summary>
    public Task<string?> PicturesAsync(PictureSet set, CancellationToken ct) => SoonAsync(_pictures[set], Patience, ct);

    public Clip? FindClip(string name) => Wide.Append(Tall).FirstOrDefault(clip => clip.Name == name);

    /// <summary>The folder of a clip and all that is made of it; null when it is not there and does not come soon, the reason is in the log.</summary>
    public Task<string?> ClipAsync(Clip clip, CancellationToken ct) => SoonAsync(_clips[clip.Name], Patience, ct);

    /// <summary>The same for a page, which cannot let its reader wait as long: yt-dlp gives up after 20 s.</summary>
    public Task<string?> ClipForPageAsync(Clip clip, CancellationToken ct) => SoonAsync(_clips[clip.Name], PagePatience, ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_all.IsValueCreated)
            await EndOf(_all.Value);
        foreach (var work in _pictures.Values.Concat(_clips.Values).Where(work => work.IsValueCreated))
            await EndOf(work.Value);
        _stop.Dispose();
        _painting.Dispose();
        _filming.Dispose();
    }

    private static Clip Landscape(string name, int seconds, int repeats, int picture, int tone) =>
        new(name, seconds, repeats, picture, tone, [new($"{name}-720p.mp4", 1280, 720), new($"{name}-360p.mp4", 640, 360)]);

    private static Task EndOf(Task work) =>
        work.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private Task MakeAllAsync() => Task.Run(async () =>
    {
        foreach (var work in _pictures.Values.Concat(_clips.Values))
            await work.Value;
    });

    private Lazy<Task<string>> Once(SemaphoreSlim turn, string name, Func<string, Task> make) => new(() => Task.Run(async () =>
    {
        var place = Path.Combine(_folder, name);
        if (Directory.Exists(place))
            return place;

        await turn.WaitAsync(_stop.Token);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            await using var alone = await LockAsync(place + ".lock");
            if (!Directory.Exists(place))
                await MakeAsync(name, place, make);
            return place;
        }
        finally
        {
            turn.Release();
        }
    }));

    // Made aside and moved into place whole: a folder under its final name is complete, whoever was killed while making it.
    private async Task MakeAsync(string name, string place, Func<string, Task> make)
    {
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

    private async Task<string?> SoonAsync(Lazy<Task<string>> work, TimeSpan patience, CancellationToken ct)
    {
        // What is asked for is begun first.
        var wanted = work.Value;
        _ = _all.Value;
        try
        {
            return await wanted.WaitAsync(patience, ct);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or IOException || wanted.IsCanceled)
        {
            return null;
        }
    }
}
