using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace TrendVault.Web;

/// <summary><c>&lt;icon name="play" /&gt;</c>: a drawing of the sprite, for the eye only; the words beside it say what it means.</summary>
/// <remarks>
/// The file's address carries its hash, as that of the styles does, so that browsers keep it; eight characters of it, for a page of cards
/// has two hundred icons.
/// </remarks>
[HtmlTargetElement("icon", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class IconTagHelper(IFileVersionProvider versions) : TagHelper
{
    private const string Sprite = "/img/icons.svg";
    private const int VersionLength = 8;

    public required string Name { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "icon");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Content.AppendHtml("<use href=\"")
            .Append($"{Shortened(versions.AddFileVersionToPath(default, Sprite))}#{Name}")
            .AppendHtml("\"></use>");
    }

    private static string Shortened(string address) =>
        address[..Math.Min(address.Length, Sprite.Length + "?v=".Length + VersionLength)];
}
