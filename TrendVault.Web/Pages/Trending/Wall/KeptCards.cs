using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace TrendVault.Web.Pages.Trending;

/// <summary>The markup of cards. It is made of nothing but the video, whether it is in the reader's library, and the minute.</summary>
internal sealed class KeptCards(MinuteCache cache, HtmlEncoder encoder)
{
    public async Task<IHtmlContent> ShowAsync(IHtmlHelper html, Card card)
    {
        var key = (card.Video, card.Now.ToUnixTimeSeconds() / 60);
        if (cache.Find<HtmlString>(key) is { } kept)
            return kept;

        await using var markup = new StringWriter();
        (await html.PartialAsync("_Card", card)).WriteTo(markup, encoder);
        var made = new HtmlString(markup.ToString());
        cache.Keep(key, made, made.Value!.Length * sizeof(char));
        return made;
    }
}
