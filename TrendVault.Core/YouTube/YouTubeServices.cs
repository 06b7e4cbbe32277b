using Google.Apis.Http;
using Google.Apis.Json;
using Google.Apis.Services;
using Microsoft.Extensions.Options;
using Newtonsoft.Json;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.YouTube;

/// <summary>Makes clients of the Data API over pooled connections. A client is cheap: dispose it after use.</summary>
internal sealed class YouTubeServices(IHttpMessageHandlerFactory handlers, IOptions<YouTubeOptions> options)
{
    internal const string HandlerName = "youtube";

    // One for all clients: it looks at each type once, which takes longer than to read a page of a chart.
    private static readonly NewtonsoftJsonSerializer Serializer = new(LenientSettings());

    /// <summary>How long one call may take: <see cref="CreatePublic"/>'s limit, and the default of <see cref="Create"/>.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>For public reads, with the app's key.</summary>
    public YouTubeService CreatePublic() => Make(options.Value.ApiUrl, options.Value.ApiKey, credential: null, CallTimeout);

    /// <summary>For what is the user's, with a credential that adds the bearer token.</summary>
    /// <param name="credential">Called once per client.</param>
    /// <param name="timeout">One call's limit; uploads need more than the default for a chunk.</param>
    public YouTubeService Create(IConfigurableHttpClientInitializer credential, TimeSpan? timeout = null) =>
        Make(options.Value.UploadUrl ?? options.Value.ApiUrl, apiKey: null, credential, timeout ?? CallTimeout);

    private YouTubeService Make(Uri address, string? apiKey, IConfigurableHttpClientInitializer? credential, TimeSpan timeout)
    {
        var service = new YouTubeService(new BaseClientService.Initializer
        {
            ApiKey = apiKey,
            ApplicationName = "TrendVault",
            BaseUri = address.AbsoluteUri,
            // The library unpacks by itself and asks for handlers that do not.
            HttpClientFactory = new HttpClientFromMessageHandlerFactory(_ => new(
                handlers.CreateHandler(HandlerName), performsAutomaticDecompression: false, handlesRedirect: false)),
            HttpClientInitializer = credential,
            HttpClientTimeout = timeout,
            // A repeated call is a counted call: whoever calls decides, not the library.
            DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
            Serializer = Serializer,
        });
        service.HttpClient.MessageHandler.FollowRedirect = false;
        return service;
    }

    private static JsonSerializerSettings LenientSettings()
    {
        var settings = NewtonsoftJsonSerializer.CreateDefaultSettings();
        settings.Converters.Add(new LenientList<Video>());
        settings.Converters.Add(new LenientList<SearchResult>());
        return settings;
    }
}
