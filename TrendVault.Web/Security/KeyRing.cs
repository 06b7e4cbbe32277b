using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using TrendVault.Core.Data;

namespace TrendVault.Web;

/// <summary>Keeps the data-protection keys in PostgreSQL, so that every instance reads what another has sealed.</summary>
internal sealed class KeyRing(KeyRingStore store) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    public IReadOnlyCollection<XElement> GetAllElements() => [.. store.ReadAll().Select(xml => XElement.Parse(xml))];

    public void StoreElement(XElement element, string friendlyName) => store.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));

    public void Configure(KeyManagementOptions options) => options.XmlRepository = this;
}
