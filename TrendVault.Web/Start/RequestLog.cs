using System.Diagnostics;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web;

/// <summary>Numbers every request, tells the number to the caller and to every line logged meanwhile, and logs one line at its end.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    private const string Header = "X-Request-Id";

    private static readonly Func<ILogger, string, IDisposable?> BeginRequest = LoggerMessage.DefineScope<string>("RequestId:{RequestId}");

    // The others may hold a token, a code or a state.
    private static readonly HashSet<string> LoggedParameters =
        new(["platform", "region", "category", "page", "limit", "status", "sort", "handler", "provider"], StringComparer.OrdinalIgnoreCase);

    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        context.TraceIdentifier = ActivityTraceId.CreateRandom().ToHexString();
        context.Response.OnStarting(
            static state =>
            {
                var answered = (HttpContext)state;
                answered.Response.Headers[Header] = answered.TraceIdentifier;
                return Task.CompletedTask;
            },
            context);

        using (BeginRequest(log, context.TraceIdentifier))
        {
            await next(context);
            Log(context, Stopwatch.GetElapsedTime(started));
        }
    }

    private void Log(HttpContext context, TimeSpan elapsed)
    {
        var level = context.Request.Path.StartsWithSegments("/health") || context.GetEndpoint() is null ? LogLevel.Debug : LogLevel.Information;
        if (log.IsEnabled(level))
            Answered(level, context.Request.Method, Escape(context.Request.Path), Query(context.Request), context.Response.StatusCode, (int)elapsed.TotalMilliseconds);
    }

    [LoggerMessage(Message = "{Method} {Path}{Query} {Status} in {Milliseconds} ms")]
    private partial void Answered(LogLevel level, string method, string path, string query, int status, int milliseconds);

    private static string Query(HttpRequest request)
    {
        if (!request.QueryString.HasValue)
            return "";
        var shown = request.Query
            .Where(pair => LoggedParameters.Contains(pair.Key))
            .Select(pair => $"{Escape(pair.Key)}={Escape(pair.Value.ToString())}")
            .ToList();
        return shown.Count == 0 ? "" : "?" + string.Join('&', shown);
    }

    // A line end in a path must not make a second line of the log.
    private static string Escape(string? text) => Uri.EscapeDataString(text ?? "").Replace("%2F", "/", StringComparison.Ordinal);
}
