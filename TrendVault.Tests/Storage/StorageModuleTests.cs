using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrendVault.Core.Settings;
using TrendVault.Core.Storage;

namespace TrendVault.Tests.Storage;

public sealed class StorageModuleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tv-storage-");

    [Fact]
    public async Task Without_a_server_objects_are_files_in_the_data_folder()
    {
        await using var services = Services(("DATA_DIR", _folder.FullName));

        await services.GetRequiredService<IObjectStore>().PutAsync("u/d/1-a.mp4", Stream.Null, "video/mp4", TestContext.Current.CancellationToken);

        Assert.True(File.Exists(Path.Combine(_folder.FullName, "objects/downloaded-videos/u/d/1-a.mp4")));
    }

    [Theory]
    [InlineData("minio:9000", "http://minio:9000/")]
    [InlineData("http://minio:9000", "http://minio:9000/")]
    [InlineData("https://minio.example.org", "https://minio.example.org/")]
    public async Task With_a_server_objects_are_there(string endpoint, string address)
    {
        await using var services = Services(("MINIO_ENDPOINT", endpoint), ("MINIO_ACCESS_KEY", "key"), ("MINIO_SECRET_KEY", "secret"));

        Assert.IsType<S3ObjectStore>(services.GetRequiredService<IObjectStore>());
        Assert.Equal(new Uri(address), services.GetRequiredService<IOptions<StorageOptions>>().Value.EndpointAddress);
    }

    [Theory]
    [InlineData("MINIO_ENDPOINT", "http://minio:9000/bucket", "MINIO_ENDPOINT must be host:port or an address such as https://minio.example.org:9000, but it is \"http://minio:9000/bucket\".")]
    [InlineData("MINIO_ENDPOINT", "ftp://minio", "MINIO_ENDPOINT must be host:port or an address such as https://minio.example.org:9000, but it is \"ftp://minio\".")]
    [InlineData("MINIO_ACCESS_KEY", "", "MINIO_ACCESS_KEY must be set when MINIO_ENDPOINT is.")]
    [InlineData("MINIO_SECRET_KEY", "", "MINIO_SECRET_KEY must be set when MINIO_ENDPOINT is.")]
    [InlineData("MINIO_BUCKET", "../up", "MINIO_BUCKET must be 3 to 63 lower-case letters, digits, dots and dashes, but it is \"../up\".")]
    public void A_wrong_setting_is_told_in_one_sentence(string name, string value, string sentence)
    {
        var settings = new Dictionary<string, string?> { ["MINIO_ENDPOINT"] = "minio:9000", ["MINIO_ACCESS_KEY"] = "key", ["MINIO_SECRET_KEY"] = "secret", [name] = value };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

        Assert.Equal([sentence], Assert.Throws<OptionsValidationException>(configuration.ReadSettings<StorageOptions>).Failures);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build();
        return new ServiceCollection().AddStorage(configuration).BuildServiceProvider();
    }
}
