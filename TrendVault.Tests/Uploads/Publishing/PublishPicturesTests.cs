using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Core.Storage;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Uploads;

public sealed class PublishPicturesTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-pictures-");
    private readonly Guid _userId = Guid.CreateVersion7();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("640x360", "jpg")]
    [InlineData("640x360", "png")]
    [InlineData("4096x2304", "jpg")]
    [InlineData("1080x1920", "png")]
    public async Task A_picture_is_drawn_anew_as_a_jpeg_that_fits(string size, string extension)
    {
        await using var services = Services();
        var key = Assert.IsType<PictureOutcome.Kept>(await TakeAsync(services, await MadePicture.OfAsync(size, extension))).Key;

        var kept = await ReadAsync(services, key);
        Assert.StartsWith($"pictures/{_userId}/", key, StringComparison.Ordinal);
        Assert.Equal("image/jpeg", PictureHeader.ContentTypeOf(kept));
        var (width, height) = PictureHeader.SizeOf(kept)!.Value;
        Assert.InRange(Math.Max(width, height), 640, 1280);
        Assert.InRange(kept.Length, 1, PublishPictures.MostBytes);
    }

    [Fact]
    public async Task What_is_no_picture_or_too_large_or_too_small_is_refused_with_a_remedy()
    {
        await using var services = Services();
        var cut = (await MadePicture.OfAsync("640x360", "png")).AsSpan(0, 64).ToArray();
        foreach (var (bytes, code) in new (byte[], string)[]
        {
            ([], "picture_format"),
            ("<svg onload=alert(1)>"u8.ToArray(), "picture_format"),
            ("GIF89a"u8.ToArray(), "picture_format"),
            (new byte[PublishPictures.MostBytes + 1], "picture_too_large"),
            ([0xFF, 0xD8, 0xFF], "picture_unreadable"),
            (cut, "picture_unreadable"),
            (await MadePicture.OfAsync("4098x1000", "jpg"), "picture_too_wide"),
            (await MadePicture.OfAsync("638x360", "png"), "thumbnail_too_narrow"),
        })
        {
            Assert.Equal(code, Assert.IsType<PictureOutcome.Refused>(await TakeAsync(services, bytes)).Broken.Code);
        }

        Assert.Empty(await KeysAsync(services));
    }

    [Fact]
    public async Task A_watermark_is_a_square_and_stays_clear_where_it_is_clear()
    {
        await using var services = Services();
        var key = Assert.IsType<PictureOutcome.Kept>(await TakeAsync(services, await MadePicture.OfClearAsync("600x600"), PictureKind.Watermark)).Key;

        var kept = await ReadAsync(services, key);
        Assert.Equal(("image/png", (400, 400)), (PictureHeader.ContentTypeOf(kept), PictureHeader.SizeOf(kept)));
        Assert.Equal(0, await MadePicture.OpacityOfAsync(kept));
        foreach (var size in new[] { "148x148", "640x360" })
            Assert.Equal("watermark_shape", Assert.IsType<PictureOutcome.Refused>(await TakeAsync(services, await MadePicture.OfAsync(size, "png"), PictureKind.Watermark)).Broken.Code);
    }

    [Theory]
    [InlineData(0.2, 0)]
    [InlineData(1.5, 2)]
    public async Task A_frame_is_taken_at_its_second_out_of_the_store(double second, int strongest)
    {
        await using var services = Services();
        var file = await GivenFilmAsync(services);

        var key = Assert.IsType<PictureOutcome.Kept>(await services.GetRequiredService<PublishPictures>().TakeFrameAsync(file, second, Token)).Key;

        var colour = await MadePicture.ColourOfAsync(await ReadAsync(services, key));
        Assert.Equal(strongest, colour.IndexOf(colour.Max()));
        Assert.InRange(colour.Max(), 200, 255);
    }

    [Theory]
    [InlineData(-1, "frame_outside")]
    [InlineData(2.5, "frame_outside")]
    [InlineData(2, "frame_missing")]
    public async Task A_frame_beyond_the_film_is_refused(double second, string code)
    {
        await using var services = Services();
        var file = await GivenFilmAsync(services);

        var outcome = await services.GetRequiredService<PublishPictures>().TakeFrameAsync(file, second, Token);

        Assert.Equal(code, Assert.IsType<PictureOutcome.Refused>(outcome).Broken.Code);
    }

    [Fact]
    public async Task The_sweep_removes_old_pictures_that_nothing_wants_and_no_others()
    {
        await using var services = Services();
        var old = DateTimeOffset.UtcNow - TimeSpan.FromHours(1);
        var orphan = $"pictures/{_userId}/{Guid.CreateVersion7(old)}.jpg";
        var wanted = $"pictures/{_userId}/{Guid.CreateVersion7(old)}.jpg";
        var young = $"pictures/{_userId}/{Guid.CreateVersion7()}.jpg";
        foreach (var key in new[] { orphan, wanted, young, "pictures/other.txt" })
            await Objects(services).PutAsync(key, new MemoryStream([1]), "image/jpeg", Token);
        var user = await database.GivenUserAsync();
        await database.Db.ExecuteAsync(
            """
            insert into upload_jobs (id, user_id, platform, channel_name, title, privacy, rights_statement, thumbnail_key)
            values (@id, @user, 'YOUTUBE', 'A channel', 'A title', 'private', 'Mine', @wanted)
            """,
            new { id = Guid.CreateVersion7(), user, wanted },
            Token);

        var sweep = new UploadSweep(database.Db, new UploadOrders(database.Db), new DraftStore(database.Db), Objects(services), TimeProvider.System, NullLogger<UploadSweep>.Instance);
        await sweep.RunAsync(new Job { Id = Guid.CreateVersion7(), Kind = UploadSweep.JobKind, Attempt = 1 }, Token);

        Assert.Equal(new[] { "pictures/other.txt", wanted, young }.Order(StringComparer.Ordinal), (await KeysAsync(services)).Order(StringComparer.Ordinal));
    }

    private ServiceProvider Services() => database.BuildServices(
        (services, configuration) => services.AddStorage(configuration).AddSettings<DownloadOptions>(configuration).AddSettings<FolderOptions>(configuration)
            .AddSingleton<Confiner>().AddSingleton<PublishPictures>(),
        ("DATA_DIR", _folder.FullName));

    private static IObjectStore Objects(IServiceProvider services) => services.GetRequiredService<IObjectStore>();

    private async Task<PictureOutcome> TakeAsync(IServiceProvider services, byte[] picture, PictureKind kind = PictureKind.Thumbnail) =>
        await services.GetRequiredService<PublishPictures>().TakeAsync(_userId, kind, new MemoryStream(picture), Token);

    private static async Task<byte[]> ReadAsync(IServiceProvider services, string key) => await services.GetRequiredService<PublishPictures>().ReadAsync(key, Token);

    private static async Task<IReadOnlyList<string>> KeysAsync(IServiceProvider services) =>
        await Objects(services).ListAsync("pictures/", Token).ToListAsync(Token);

    private async Task<DownloadRow> GivenFilmAsync(IServiceProvider services)
    {
        var stored = await Objects(services).PutAsync("film", new MemoryStream(await MadePicture.OfRedAndBlueAsync()), "video/mp4", Token);
        return new DownloadRow
        {
            Id = Guid.CreateVersion7(),
            UserId = _userId,
            SourceVideoUrl = "https://example.org/v",
            Title = "A film",
            FileName = "film.mp4",
            Format = "best",
            Quality = "360p",
            ContentType = "video/mp4",
            DurationSeconds = 2,
            FileSize = stored.Size,
            StorageKey = "film",
            Status = WorkStatus.Completed,
            Progress = 100,
            CreatedAt = DateTimeOffset.UtcNow,
            UpdatedAt = DateTimeOffset.UtcNow,
        };
    }
}
