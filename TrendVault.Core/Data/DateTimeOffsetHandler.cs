using System.Data;
using Dapper;

namespace TrendVault.Core.Data;

/// <summary>Npgsql reads a lone <c>timestamptz</c> as a UTC <see cref="DateTime"/>; the code knows instants only as offsets of zero.</summary>
internal sealed class DateTimeOffsetHandler : SqlMapper.TypeHandler<DateTimeOffset>
{
    public override DateTimeOffset Parse(object value) =>
        value is DateTimeOffset offset ? offset : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

    public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
        parameter.Value = value.ToUniversalTime();
}
