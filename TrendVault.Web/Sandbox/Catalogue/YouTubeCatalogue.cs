namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>The videos of the stand-in for YouTube: charts that move with the clock, and every video by its id.</summary>
internal sealed class YouTubeCatalogue
{
    /// <summary>As many as YouTube's charts hold.</summary>
    public const int ChartLength = 200;

    private static readonly TimeSpan Reshuffle = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan SearchDepth = TimeSpan.FromHours(48);

    private readonly Dictionary<string, Channel> _channels = Region.All
        .SelectMany(region => region.Tongues).Append(Tongue.English).Distinct()
        .SelectMany(tongue => tongue.Creators.Select(name => ChannelOf(tongue, name)))
        .ToDictionary(channel => channel.Id);

    /// <summary>The charts stand still between two of these, so that the pages of one chart fit together.</summary>
    public static long MomentOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / (long)Reshuffle.TotalSeconds;

    public static DateTimeOffset TimeOf(long moment) => DateTimeOffset.FromUnixTimeSeconds(moment * (long)Reshuffle.TotalSeconds);

    /// <summary>The chart of a category at a moment; without a category that of music, gaming and films together, as YouTube's is.</summary>
    public static IReadOnlyList<Video> Chart(Region region, int? category, long moment)
    {
        var now = TimeOf(moment);
        int[] categories = category is { } one ? [one] : [Category.Music, Category.Gaming, Category.Movies];
        return
        [
            .. categories
                .SelectMany(id => new[] { new StreamKey(region.Index, id), new StreamKey(StreamKey.World, id) })
                .SelectMany(stream => stream.NumbersWithin(StreamKey.Life, now).Select(number => (stream, number)))
                .OrderByDescending(entry => Standing(entry.stream, entry.number, moment))
                .Take(ChartLength)
                .Select(entry => Make(entry.stream, entry.number)),
        ];
    }

    /// <summary>What search finds in: all videos of the last two days that a region's charts hold or might hold.</summary>
    public static IEnumerable<Video> Recent(Region region, int? category, DateTimeOffset now) => Category.All
        .Where(known => category is { } one ? known.Id == one : known.Assignable)
        .SelectMany(known => new[] { new StreamKey(region.Index, known.Id), new StreamKey(StreamKey.World, known.Id) })
        .SelectMany(stream => stream.NumbersWithin(SearchDepth, now).Select(number => Make(stream, number)));

    /// <summary>Null for an id that belongs to no video, or to none yet.</summary>
    public static Video? Find(string id, DateTimeOffset now)
    {
        if (!Ids.TryFromYouTube(id, out var stream, out var number))
            return null;
        var exists = (stream.Region < Region.All.Count || stream.Region == StreamKey.World) && stream.EntryOf(number) <= now;
        return exists ? Make(stream, number) : null;
    }

    public Channel? FindChannel(string id) => _channels.GetValueOrDefault(id);

    /// <summary>What it gathered by <paramref name="now"/>: fast at first, then slower, and never less than before.</summary>
    public static Counts CountsOf(Video video, DateTimeOffset now)
    {
        var dice = Dice.Named(video.Id);
        // One in fifty is a giant, beyond what 32 bits count.
        var size = dice.OneIn(50, "giant") ? 9.9 + (0.5 * dice.Unit("size")) : 5.1 + (3.2 * dice.Unit("size") * dice.Unit("luck")) + (dice.Unit("size") / 2);
        var days = Math.Max(0, (now - video.PublishedAt).TotalDays);
        var views = (long)(Math.Pow(10, size) * ((1 - Math.Exp(-days / 1.5)) + (days / 60)));
        return new Counts(views, (long)(views * (0.01 + (0.06 * dice.Unit("likes")))), (long)(views * (0.0004 + (0.004 * dice.Unit("comments")))));
    }

    private static double Standing(StreamKey stream, int number, long moment)
    {
        var dice = stream.DiceOf(number);
        var age = (TimeOf(moment) - stream.EntryOf(number)) / StreamKey.Life;
        var hit = dice.OneIn(9, "hit");
        var course = hit ? 1 - age : Math.Sqrt(Math.Sin(Math.PI * Math.Clamp(age, 0, 1)));
        // Changes every few moments and by little, so that neighbours swap and nothing jumps.
        var drift = Dice.Of(stream.Region, stream.Category, number, (moment + (number % 3)) / 3).Unit("drift");
        return (course * ((hit ? 0.8 : 0.3) + (0.5 * dice.Unit("weight")))) + (0.015 * drift);
    }

    private static Video Make(StreamKey stream, int number)
    {
        var dice = stream.DiceOf(number);
        var tongue = dice.Pick(Region.TonguesOf(stream.Region), "tongue");
        return new Video
        {
            Id = Ids.ForYouTube(stream, number),
            Channel = ChannelOf(tongue, dice.Pick(tongue.Creators, "creator")),
            Tongue = tongue,
            Dice = dice,
            Category = stream.Category,
            Duration = DurationOf(stream.Category, dice),
            PublishedAt = WholeSecond(stream.EntryOf(number) - TimeSpan.FromHours(0.5 + (60 * dice.Unit("before") * dice.Unit("long before")))),
            CreativeCommons = dice.OneIn(8, "licence"),
            LikesHidden = dice.OneIn(20, "likes hidden"),
            CommentsOff = dice.OneIn(25, "comments off"),
            HasLargeThumbnails = !dice.OneIn(15, "small thumbnails"),
            HasHugeThumbnails = dice.OneIn(6, "huge thumbnails"),
            IsLive = dice.OneIn(70, "live"),
            IsVertical = dice.OneIn(7, "vertical"),
            BlockedIn = dice.OneIn(20, "blocked") ? ["KP", "SY"] : [],
            Captioned = dice.OneIn(3, "captions"),
            MadeForKids = dice.OneIn(30, "kids"),
        };
    }

    private static Channel ChannelOf(Tongue tongue, string name) =>
        new(Ids.ForChannel("UC", Dice.Named(name)), name, tongue.Code);

    private static TimeSpan DurationOf(int category, Dice dice) => TimeSpan.FromSeconds(category switch
    {
        _ when dice.OneIn(60, "marathon") => dice.Between(90_000, 100_000, "duration"),
        Category.Music => dice.Between(120, 330, "duration"),
        Category.Gaming => dice.Between(400, 5400, "duration"),
        Category.Movies => dice.Between(45, 200, "duration"),
        _ => dice.Between(30, 2400, "duration"),
    });

    private static DateTimeOffset WholeSecond(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
