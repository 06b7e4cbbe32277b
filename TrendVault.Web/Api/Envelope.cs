using System.Text.Json;

namespace TrendVault.Web;

/// <summary>The shape of every answer of the JSON API: <c>{success, data, meta}</c> or <c>{success, error, meta}</c>.</summary>
internal static class Envelope
{
    /// <summary>200 with data.</summary>
    public static IResult Ok<T>(T data, object? meta = null) => Success(StatusCodes.Status200OK, data, meta);

    /// <summary>Data under a status of its own, such as 201 or 202.</summary>
    public static IResult Success<T>(int status, T data, object? meta = null) =>
        Results.Json(new Answer<T>(true, data, meta ?? new Meta(Now())), Json.Options, statusCode: status);

    /// <summary>What <see cref="Ok"/> would send.</summary>
    public static byte[] ToBytes<T>(T data, object meta) => JsonSerializer.SerializeToUtf8Bytes(new Answer<T>(true, data, meta), Json.Options);

    /// <summary>A refusal: a stable code for scripts and a sentence for people.</summary>
    public static IResult Error(int status, string code, string message, object? details = null) =>
        new Refused(status, new Fault(code, message, details));

    /// <summary>What is missing and what is another's look alike.</summary>
    public static IResult NotFound(string what) => Error(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}.");

    /// <summary>400 for one field or parameter.</summary>
    public static IResult Invalid(string field, string message) =>
        Error(StatusCodes.Status400BadRequest, "invalid_request", message, new { field });

    /// <summary>ISO 8601, UTC.</summary>
    public static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    internal sealed record Meta(DateTimeOffset Timestamp);

    private sealed record Answer<T>(bool Success, T Data, object Meta);

    private sealed record Refusal(bool Success, Fault Error, RefusalMeta Meta);

    private sealed record Fault(string Code, string Message, object? Details);

    private sealed record RefusalMeta(DateTimeOffset Timestamp, string RequestId);

    /// <summary>Knows the request only when it is written, and tells its number.</summary>
    private sealed class Refused(int status, Fault fault) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => status;

        public Task ExecuteAsync(HttpContext httpContext) =>
            Results
                .Json(new Refusal(false, fault, new RefusalMeta(Now(), httpContext.TraceIdentifier)), Json.Options, statusCode: status)
                .ExecuteAsync(httpContext);
    }
}
