using System.Net;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using TrendVault.Core.Auth;

namespace TrendVault.Web;

/// <summary>What no request may be: sent by another site in a user's name, or full of characters that text cannot hold.</summary>
internal sealed class RequestRules(RequestDelegate next, SecurityLog security, IOptions<AppOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (IsCrossSite(context.Request))
        {
            security.RequestRefused(ClientAddress.Of(context, options.Value), "sent by another site");
            Problem.CrossSite.Raise(context);
            return Task.CompletedTask;
        }

        if (!TextRules.IsUtf8(context.Request.QueryString) || context.Request.Query.Any(pair => !TextRules.IsClean(pair.Key) || !TextRules.AreClean(pair.Value)))
        {
            Problem.Malformed("The address holds characters that are not text.").Raise(context);
            return Task.CompletedTask;
        }

        return next(context);
    }

    // The API reads no cookie, so another site has nothing to borrow there; and CORS_ORIGINS are other sites.
    private static bool IsCrossSite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method)
        && !HttpMethods.IsHead(request.Method)
        && !HttpMethods.IsOptions(request.Method)
        && !request.Path.StartsWithSegments("/api")
        && request.Headers["Sec-Fetch-Site"] == "cross-site";
}

internal static class TextRules
{
    /// <summary>No NUL (PostgreSQL stores none) and nothing that was broken on the way.</summary>
    public static bool IsClean(string? text)
    {
        if (text is null)
            return true;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is 0 or 0xFFFD)
                return false;
        }

        return true;
    }

    /// <summary>False where percent signs spell bytes that are not UTF-8: the framework leaves those as they stand.</summary>
    public static bool IsUtf8(QueryString query)
    {
        var raw = Encoding.UTF8.GetBytes(query.Value ?? "");
        return Utf8.IsValid(WebUtility.UrlDecodeToBytes(raw, 0, raw.Length));
    }

    public static bool AreClean(StringValues values) => values.All(IsClean);
}

/// <summary>The same rule for the fields of a form; and a refused token reloads the page, which brings a new one.</summary>
internal sealed class FormRules : IAsyncResourceFilter, IAlwaysRunResultFilter
{
    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        if (await IsCleanAsync(context.HttpContext.Request))
        {
            await next();
            return;
        }

        Problem.Malformed("The form holds characters that are not text.").Raise(context.HttpContext);
        context.Result = new EmptyResult();
    }

    private static async Task<bool> IsCleanAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
            return true;

        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form.All(field => TextRules.IsClean(field.Key) && TextRules.AreClean(field.Value));
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is not IAntiforgeryValidationFailedResult)
            return;
        context.HttpContext.Response.Headers["HX-Refresh"] = "true";
        Problem.StaleForm.Raise(context.HttpContext);
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
