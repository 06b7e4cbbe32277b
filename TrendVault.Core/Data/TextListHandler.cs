using System.Data;
using Dapper;

namespace TrendVault.Core.Data;

/// <summary>A <c>text[]</c> column as the list that records show; Dapper knows arrays only as they are.</summary>
internal sealed class TextListHandler : SqlMapper.TypeHandler<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Parse(object value) => (string[])value;

    public override void SetValue(IDbDataParameter parameter, IReadOnlyList<string>? value) =>
        parameter.Value = value?.ToArray() ?? (object)DBNull.Value;
}
