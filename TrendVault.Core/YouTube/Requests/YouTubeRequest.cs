using Google.Apis.Discovery;
using Google.Apis.Requests;
using Google.Apis.Services;
using Google.Apis.Util;

namespace TrendVault.Core.YouTube;

/// <summary>What the GET requests have in common. The library refuses a parameter that is not declared, so each names its own.</summary>
internal abstract class YouTubeRequest<TResponse> : ClientServiceRequest<TResponse>
{
    private protected YouTubeRequest(IClientService service, Repeatable<string> part) : base(service)
    {
        Part = part;
        InitParameters();
    }

    /// <summary>The parts of the resource to answer, such as <c>snippet</c>.</summary>
    [RequestParameter("part", RequestParameterType.Query)]
    public Repeatable<string> Part { get; }

    public override string HttpMethod => "GET";

    private protected abstract IEnumerable<string> QueryParameters { get; }

    protected override void InitParameters()
    {
        base.InitParameters();
        foreach (var name in QueryParameters.Prepend("part"))
            RequestParameters.Add(name, new Parameter { Name = name, IsRequired = name == "part", ParameterType = "query" });
    }
}
