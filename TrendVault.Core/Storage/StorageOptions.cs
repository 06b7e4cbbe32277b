using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Storage;

/// <summary>Which S3 server keeps the objects; none of it set, they are files in the data folder.</summary>
internal sealed partial class StorageOptions : IValidatableObject
{
    /// <summary><c>host:port</c>, or <c>http://</c> or <c>https://</c> before it; empty for the folder.</summary>
    [ConfigurationKeyName("MINIO_ENDPOINT")]
    public string Endpoint { get; set; } = "";

    /// <summary>Who TrendVault is at the server.</summary>
    [ConfigurationKeyName("MINIO_ACCESS_KEY")]
    public string AccessKey { get; set; } = "";

    /// <summary>How it proves that.</summary>
    [ConfigurationKeyName("MINIO_SECRET_KEY")]
    public string SecretKey { get; set; } = "";

    /// <summary>Where the objects are; made when missing.</summary>
    [ConfigurationKeyName("MINIO_BUCKET")]
    public string Bucket { get; set; } = "downloaded-videos";

    /// <summary>The region that requests are signed for; MinIO's own default.</summary>
    [ConfigurationKeyName("MINIO_REGION")]
    public string Region { get; set; } = "us-east-1";

    /// <summary>True when objects are files.</summary>
    public bool IsFolder => Endpoint.Length == 0;

    /// <summary>The endpoint as an address, whose path is empty; null for the folder or when it is none.</summary>
    internal Uri? EndpointAddress =>
        Uri.TryCreate(Endpoint.Contains("://", StringComparison.Ordinal) ? Endpoint : "http://" + Endpoint, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        && address is { PathAndQuery: "/", UserInfo: "", Host.Length: > 0 }
            ? address
            : null;

    /// <summary>One sentence for each setting that is wrong or missing.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!BucketName().IsMatch(Bucket))
            yield return new ValidationResult($"MINIO_BUCKET must be 3 to 63 lower-case letters, digits, dots and dashes, but it is \"{Bucket}\".");
        if (IsFolder)
            yield break;
        if (EndpointAddress is null)
            yield return new ValidationResult($"MINIO_ENDPOINT must be host:port or an address such as https://minio.example.org:9000, but it is \"{Endpoint}\".");
        if (AccessKey.Length == 0)
            yield return new ValidationResult("MINIO_ACCESS_KEY must be set when MINIO_ENDPOINT is.");
        if (SecretKey.Length == 0)
            yield return new ValidationResult("MINIO_SECRET_KEY must be set when MINIO_ENDPOINT is.");
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();
}
