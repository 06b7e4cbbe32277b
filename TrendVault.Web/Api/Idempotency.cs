using System.Net.Mime;
using System.Security.Cryptography;
using TrendVault.Core.Auth;

namespace TrendVault.Web;

/// <summary>Marks endpoints whose POSTs may carry an <c>Idempotency-Key</c>. Their answers are JSON.</summary>
internal sealed class HonoursIdempotencyKey;

/// <summary>
/// Does a POST once for each <c>Idempotency-Key</c> of a user: a repeated one gets the first answer again. Runs around the endpoint,
/// where the body can still be read as it was sent.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next, IdempotencyStore store)
{
    private const string Header = "Idempotency-Key";
    private const string ReplayHeader = "Idempotency-Replayed";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!Applies(context, out var key, out var userId))
        {
            await next(context);
            return;
        }

        if (key.Length is 0 or > 255)
        {
            await Envelope.Invalid(Header, $"{Header} must have 1 to 255 characters.").ExecuteAsync(context);
            return;
        }

        var route = $"{context.Request.Method} {context.Request.Path}";
        var state = await store.BeginAsync(userId, key, route, await HashAsync(context), context.RequestAborted);
        switch (state)
        {
            case IdempotencyState.Done done:
                context.Response.Headers[ReplayHeader] = "true";
                await WriteAsync(context.Response, done.Status, done.Response);
                break;
            case IdempotencyState.Running:
                context.Response.Headers.RetryAfter = "1";
                await Envelope.Error(409, "still_running", $"The first request with this {Header} is still being answered.").ExecuteAsync(context);
                break;
            case IdempotencyState.Other:
                await Envelope.Error(422, "idempotency_key_reused", $"This {Header} was used for another request.").ExecuteAsync(context);
                break;
            default:
                await RunAsync(context, userId, key);
                break;
        }
    }

    private static bool Applies(HttpContext context, out string key, out Guid userId)
    {
        key = context.Request.Headers[Header].ToString();
        userId = context.User.FindId() ?? default;
        return HttpMethods.IsPost(context.Request.Method)
            && context.Request.Headers.ContainsKey(Header)
            && userId != default
            && context.GetEndpoint()?.Metadata.GetMetadata<HonoursIdempotencyKey>() is not null;
    }

    private static async Task<byte[]> HashAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(context.Request.QueryString.Value ?? ""));
        var buffer = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            hash.AppendData(buffer, 0, read);
        context.Request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    private async Task RunAsync(HttpContext context, Guid userId, string key)
    {
        var body = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        var finished = false;
        try
        {
            await next(context);
            // A fault of ours is not an answer worth repeating, nor is "later" or "slower".
            if (context.Response.StatusCode is < 500 and not 429 and not 409)
            {
                await store.FinishAsync(userId, key, context.Response.StatusCode, answer.ToArray(), CancellationToken.None);
                finished = true;
            }
        }
        finally
        {
            context.Response.Body = body;
            if (!finished)
                await store.GiveUpAsync(userId, key, CancellationToken.None);
        }

        answer.Position = 0;
        await answer.CopyToAsync(body, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpResponse response, int status, byte[] body)
    {
        response.StatusCode = status;
        if (body.Length == 0)
            return;
        response.ContentType = $"{MediaTypeNames.Application.Json}; charset=utf-8";
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
